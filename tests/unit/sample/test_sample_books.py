"""The sample company's books are believable: they balance, roll forward and conform to Benford's law."""

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from audit_agent.sample.company import run_year
from audit_agent.sample.ledger_tables import gl_lines
from audit_agent.sample.truth import SampleTruth
from audit_agent.sample.writer import FILES, generate

Row = dict[str, str]


class Sample(NamedTuple):
    folder: Path
    truth: SampleTruth

    def rows(self, table: str) -> list[Row]:
        path = self.folder / "books" / f"{table}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";" if table == "Invoices_Received" else ","))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return Sample(folder, generate(folder, 7))


def signed(row: Row) -> Decimal:
    return Decimal(row["Amount"]) * (1 if row["Amount_Credit_Debit_Indicator"] == "D" else -1)


def test_the_same_seed_gives_the_same_bytes(sample: Sample, tmp_path: Path) -> None:
    generate(tmp_path, 7)

    for name in ("truth.json", *(f"books/{file}" for file in FILES)):
        assert (tmp_path / name).read_bytes() == (sample.folder / name).read_bytes(), name


def test_another_seed_gives_other_books(sample: Sample, tmp_path: Path) -> None:
    generate(tmp_path, 8)

    ledger = "books/GL_Detail.csv"
    assert (tmp_path / ledger).read_bytes() != (sample.folder / ledger).read_bytes()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_gives_about_20000_lines_and_solvent_stocks(seed: int) -> None:
    company = run_year(seed)

    assert 18_000 <= gl_lines(company.ledger.journals) <= 22_000
    kept = ("100100", "120100", "120200", "120300")
    assert min(balance.ending for balance in company.balances if balance.account in kept) > 0


def test_the_truth_tells_how_many_lines_the_ledger_has(sample: Sample) -> None:
    assert len(sample.rows("GL_Detail")) == sample.truth.gl_lines


def test_the_folder_of_the_audit_holds_only_books(sample: Sample) -> None:
    assert {path.name for path in (sample.folder / "books").iterdir()} == set(FILES)


def test_every_journal_balances_but_those_seeded_as_unbalanced(sample: Sample) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in sample.rows("GL_Detail"):
        sums[row["Journal_ID"]] += signed(row)

    unbalanced = {journal for journal, total in sums.items() if total}
    seeded = {item.where.fields["Journal_ID"][0] for item in sample.truth.items if item.procedure == "JE-02"}
    assert unbalanced == seeded


def test_the_trial_balance_rolls_forward_from_the_journals(sample: Sample) -> None:
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in sample.rows("GL_Detail"):
        moved[row["GL_Account_Number"], row["Period"]] += signed(row)
    balances = sample.rows("Trial_Balance")

    off = [
        row
        for row in balances
        if Decimal(row["Amount_Beginning"]) + moved.pop((row["GL_Account_Number"], row["Period"]), Decimal(0))
        != Decimal(row["Amount_Ending"])
    ]
    assert off == []
    assert moved == {}


def test_each_month_of_the_trial_balance_begins_where_the_last_one_ended(sample: Sample) -> None:
    by_account: dict[str, list[Row]] = defaultdict(list)
    for row in sample.rows("Trial_Balance"):
        by_account[row["GL_Account_Number"]].append(row)

    for rows in by_account.values():
        assert [row["Amount_Ending"] for row in rows[:-1]] == [row["Amount_Beginning"] for row in rows[1:]]


def test_the_opening_balance_sheet_adds_up(sample: Sample) -> None:
    opening = [Decimal(row["Amount_Beginning"]) for row in sample.rows("Trial_Balance") if row["Period"] == "1"]

    assert sum(opening) == 0


def test_every_account_user_and_source_of_the_ledger_is_in_its_listing(sample: Sample) -> None:
    ledger = sample.rows("GL_Detail")

    for column, table, key in (
        ("GL_Account_Number", "Chart_Of_Accounts", "GL_Account_Number"),
        ("Entered_By", "User_Listing", "User_ID"),
        ("Source", "Source_Listing", "Source"),
    ):
        assert {row[column] for row in ledger} <= {row[key] for row in sample.rows(table)}, table


def test_what_is_owed_to_suppliers_agrees_with_their_documents(sample: Sample) -> None:
    invoiced = sum(Decimal(row["Invoice_Amount"].replace(",", ".")) for row in sample.rows("Invoices_Received"))
    paid = sum(Decimal(row["Payment_Amount"]) for row in sample.rows("Payments_Made"))
    payables = [row for row in sample.rows("Trial_Balance") if row["GL_Account_Number"] == "200100"]

    assert Decimal(payables[0]["Amount_Beginning"]) - invoiced + paid == Decimal(payables[-1]["Amount_Ending"])


def test_invoices_refer_to_journals_of_the_same_amount(sample: Sample) -> None:
    owed = {row["Journal_ID"]: -signed(row) for row in sample.rows("GL_Detail") if row["GL_Account_Number"] == "200100"}

    for row in sample.rows("Invoices_Received"):
        assert owed[row["Journal_ID"]] == Decimal(row["Invoice_Amount"].replace(",", ".")), row["Invoice_ID"]


def test_clean_amounts_conform_closely_to_benfords_law(sample: Sample) -> None:
    # Close conformity of the first digit: mean absolute deviation below 0.006 (Nigrini 2012, table 7.1).
    structured = ("Brightmere", "Calderwick", "Lunford")
    ledger = sample.rows("GL_Detail")
    amounts = [row["Amount"] for row in ledger if not any(name in row["JE_Header_ Description"] for name in structured)]
    digits = Counter(int(next(digit for digit in amount if digit in "123456789")) for amount in amounts)

    expected = {1: 301, 2: 176, 3: 125, 4: 97, 5: 79, 6: 67, 7: 58, 8: 51, 9: 46}
    deviation = sum(abs(digits[digit] * 1000 - share * len(amounts)) for digit, share in expected.items())
    assert deviation < 9 * 6 * len(amounts)


def test_business_is_stronger_before_christmas(sample: Sample) -> None:
    by_month: Counter[str] = Counter(row["Period"] for row in sample.rows("GL_Detail") if row["Source"] == "Sales")

    assert by_month["11"] > by_month["2"] * Decimal("1.4")
