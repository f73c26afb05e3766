"""MT940 bank statements: every transaction a row, every statement with its balances, nothing lost."""

import gzip
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_agent.books.errors import NothingRecognisedError
from audit_agent.books.mapping import FileMapping
from audit_agent.domain.books import BooksManifest, SourceFile

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer

TRANSACTION = ":61:2501030103CR100,50NTRFINV-17//BANK-1\n:86:166?00TRANSFER?20EREF+E-9?21SVWZ+Invoice 17?32ACME?33 Ltd"


def statement(
    *lines: str, opening: str = "C250102EUR1000,00", closing: str = "C250103EUR1100,50", number: str = "1/1"
) -> str:
    lines = lines or (TRANSACTION,)
    return "\n".join(
        (
            ":20:STARTUMS",
            ":25:10020030/1234567",
            f":28C:{number}",
            f":60F:{opening}",
            *lines,
            f":62F:{closing}",
            "-",
            "",
        )
    )


def of_table(manifest: BooksManifest, table: str) -> SourceFile:
    (found,) = [source for source in manifest.sources if source.table == table]
    return found


def test_a_statement_gives_transactions_and_balances(imported: "Importer") -> None:
    result = imported(statement(), "bank.sta")

    (row,) = result.rows("Bank_Statement")
    assert (row["Amount"], row["Amount_Currency"], row["Booking_Date"]) == (Decimal("100.5"), "EUR", date(2025, 1, 3))
    assert (row["Bank_Account"], row["Statement_ID"]) == ("10020030/1234567", "1/1 of 2025-01-02")
    assert (row["Transaction_ID"], row["Reference"]) == ("1/1 of 2025-01-02#1", "INV-17")
    assert (row["Description"], row["Counterparty"]) == ("TRANSFER EREF+E-9SVWZ+Invoice 17", "ACME Ltd")
    assert (row["Source_File"], row["Source_Row"], row["Transaction_Code"]) == ("bank.sta#Bank_Statement", 5, "NTRF")
    (balance,) = result.rows("Bank_Statement_Balances")
    assert (balance["Opening_Balance"], balance["Closing_Balance"]) == (Decimal(1000), Decimal("1100.5"))
    assert (balance["Opening_Date"], balance["Closing_Date"]) == (date(2025, 1, 2), date(2025, 1, 3))
    assert (balance["Statement_ID"], balance["Statement_Number"]) == ("1/1 of 2025-01-02", "1/1")
    notes = of_table(result.manifest, "Bank_Statement_Balances").notes
    assert "Opening balance and transactions make the closing balance in 1 of 1 statement." in notes


@pytest.mark.parametrize("name", ["bank.txt", "bank.mt940", "bank.940", "bank.csv", "bank.sta.gz"])
def test_it_is_recognised_by_its_content(imported: "Importer", name: str) -> None:
    content = statement().replace("\n", "\r\n").encode("cp1252")

    result = imported(gzip.compress(content) if name.endswith(".gz") else content, name)

    assert {source.table for source in result.manifest.sources} == {"Bank_Statement", "Bank_Statement_Balances"}


def test_another_file_of_that_name_is_left_out(imported: "Importer") -> None:
    with pytest.raises(NothingRecognisedError, match="holds no MT940 message"):
        imported("a model of something\n1 2 3\n", "model.sta")


def test_a_person_may_read_it_as_a_table_of_another_kind(imported: "Importer") -> None:
    text = "Nr,Date,Amount\n:20:STARTUMS,2025-01-01,5\n:25:1,2025-01-02,6\n"
    columns = {"Transaction_ID": "Nr", "Booking_Date": "Date", "Amount": "Amount"}

    result = imported(text, "bank.sta", FileMapping(table="Bank_Statement", columns=columns))

    assert [row["Amount"] for row in result.rows("Bank_Statement")] == [5, 6]


@pytest.mark.parametrize(("mark", "amount"), [("D", -7), ("C", 7), ("RC", -7), ("RD", 7), ("DR", -7), ("RCR", -7)])
def test_a_reversal_takes_back_what_its_mark_says(imported: "Importer", mark: str, amount: int) -> None:
    result = imported(statement(f":61:2501030103{mark}7,NMSCNONREF"), "bank.sta")

    assert [row["Amount"] for row in result.rows("Bank_Statement")] == [amount]


def test_a_statement_that_does_not_add_up_is_told(imported: "Importer") -> None:
    result = imported(statement(closing="C250103EUR1100,60") + statement(number="2"), "bank.sta")

    notes = of_table(result.manifest, "Bank_Statement_Balances").notes
    assert "Opening balance and transactions make the closing balance in 1 of 2 statements." in notes
    assert (
        "Statement 1/1 of 2025-01-02: 1,000.00 and transactions of 100.50 make 1,100.50, and it closes at 1,100.60: "
        "a difference of 0.10 EUR." in notes
    )


def test_lines_that_cannot_be_read_go_to_the_rejects(imported: "Importer") -> None:
    lines = (":61:2501030103CR1.000,50NTRFNONREF", TRANSACTION, ":61:2513030103CR5,NTRFNONREF", ":61:nothing")
    result = imported(statement(*lines, closing="C250103EUR1100,5x"), "bank.sta")

    assert len(result.rows("Bank_Statement")) == 1
    assert result.rejects() == [
        (5, "", "is no transaction as field 61 has it"),
        (8, "Value_Date", "is not a date like 2025-12-31"),
        (9, "", "is no transaction as field 61 has it"),
        (1, "Closing_Balance", "is missing"),
        (1, "Closing_Date", "is missing"),
        (10, "", "is no balance as field 62F has it"),
    ]
    source = of_table(result.manifest, "Bank_Statement")
    assert (source.source_totals.rows, source.imported_totals.rows, source.rejected_rows) == (4, 1, 3)
    assert (source.source_totals.debits, source.imported_totals.debits) == (Decimal("105.5"), Decimal("100.5"))


def test_thirty_days_have_all_months_to_a_bank(imported: "Importer") -> None:
    result = imported(statement(":61:2502300301DR6,00N024NONREF"), "bank.sta")

    (row,) = result.rows("Bank_Statement")
    assert (row["Value_Date"], row["Booking_Date"]) == (date(2025, 2, 28), date(2025, 3, 1))
    assert any("last day of the month. Rows: 1." in note for note in of_table(result.manifest, "Bank_Statement").notes)


@pytest.mark.parametrize(
    ("line", "booked"),
    [("2412300102", date(2025, 1, 2)), ("2501021230", date(2024, 12, 30)), ("250105", date(2025, 1, 5))],
)
def test_a_day_of_entry_is_the_nearest_to_the_value_date(imported: "Importer", line: str, booked: date) -> None:
    result = imported(statement(f":61:{line}C1,NMSCNONREF"), "bank.sta")

    assert [row["Booking_Date"] for row in result.rows("Bank_Statement")] == [booked]


def test_statements_of_one_number_are_told_apart(imported: "Importer") -> None:
    zero = [statement(number="0"), statement(number="0"), statement(opening="C250109EUR1000,00", number="0")]

    result = imported("".join(zero), "bank.sta")

    ids = ["0 of 2025-01-02", "0 of 2025-01-02 (2)", "0 of 2025-01-09"]
    assert [row["Statement_ID"] for row in result.rows("Bank_Statement_Balances")] == ids
    assert [row["Statement_ID"] for row in result.rows("Bank_Statement")] == ids


def test_an_interim_report_without_balances_is_told(imported: "Importer") -> None:
    text = ":20:X\n:25:1\n:28C:1/1\n:34F:PLN0\n:61:2501030103CN0,01NTRFNONREF\n:90C:1PLN0,01\n-\n"

    result = imported(text, "interim.sta")

    assert [row["Amount_Currency"] for row in result.rows("Bank_Statement")] == ["PLN"]
    assert any("nothing shows whether it is complete" in note for note in result.source.notes)


AMOUNTS = st.lists(st.integers(min_value=-(10**12), max_value=10**12).filter(bool), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=AMOUNTS, opening=st.integers(min_value=-(10**12), max_value=10**12))
def test_no_cent_is_lost(imported: "Importer", cents: list[int], opening: int) -> None:
    def written(value: int) -> str:
        return f"{abs(value) // 100},{abs(value) % 100:02}"

    lines = [f":61:250103{'D' if value < 0 else 'C'}{written(value)}NMSCNONREF" for value in cents]
    closing = opening + sum(cents)
    ends = [f"{'D' if value < 0 else 'C'}250103EUR{written(value)}" for value in (opening, closing)]

    result = imported(statement(*lines, opening=ends[0], closing=ends[1]), "bank.sta")

    assert [int(row["Amount"] * 100) for row in result.rows("Bank_Statement")] == cents
    (balance,) = result.rows("Bank_Statement_Balances")
    assert (balance["Opening_Balance"] * 100, balance["Closing_Balance"] * 100) == (opening, closing)
    assert any("in 1 of 1 statement" in note for note in of_table(result.manifest, "Bank_Statement_Balances").notes)
