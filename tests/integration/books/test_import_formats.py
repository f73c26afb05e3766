"""However a ledger is written, the same lines come out."""

import gzip
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from audit_agent.books.mapping import FileMapping

if TYPE_CHECKING:
    from tests.integration.books.conftest import Imported, Importer

HEADER = "Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,JE_Line_Description"
LINE = "J1,2025-01-31,0060002-01,1234.50,S,Büro"


def ledger(amount: str = "1234.50", day: str = "2025-01-31", side: str = "S") -> str:
    return f'{HEADER}\nJ1,{day},0060002-01,"{amount}",{side},Büro\n'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "cp850"]
)
def test_any_encoding_gives_the_same_text(imported: "Importer", encoding: str) -> None:
    text = f"{HEADER}\n{LINE}\nJ2,2025-01-31,1,1.00,S,Löhne für März\n"

    rows = imported(text.encode(encoding)).rows()

    assert [row["JE_Line_Description"] for row in rows] == ["Büro", "Löhne für März"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_any_delimiter_is_found(imported: "Importer", delimiter: str) -> None:
    result = imported(f"{HEADER}\n{LINE}\n".replace(",", delimiter))

    assert result.rows()[0]["GL_Account_Number"] == "0060002-01"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(imported: "Importer", end: str) -> None:
    rows = imported(f"{HEADER}{end}{LINE}{end}{LINE}").rows()

    assert [row["Source_Row"] for row in rows] == [2, 3]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1,234,567.5", "1234567.50"),
        ("(1,234.50)", "-1234.50"),
        ("1.234,50-", "-1234.50"),
        ("€ 1.234,50", "1234.50"),
        ("1,234.50 USD", "1234.50"),
        ("-0.29", "-0.29"),
        ("+7", "7"),
        (",5", "0.5"),
    ],
)
def test_amounts_are_read_as_written(imported: "Importer", written: str, amount: str) -> None:
    row = imported(ledger(amount=written, side="D")).rows()[0]

    assert row["Amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-12-31", date(2025, 12, 31)),
        ("20251231", date(2025, 12, 31)),
        ("31.12.2025", date(2025, 12, 31)),
        ("1.2.2025", date(2025, 2, 1)),
        ("31/12/2025", date(2025, 12, 31)),
        ("12/31/2025", date(2025, 12, 31)),
        ("2025-12-31T10:11:12Z", date(2025, 12, 31)),
        ("12/31/2025 5:30 PM", date(2025, 12, 31)),
        ("31-Dec-2025", date(2025, 12, 31)),
        ("46022", date(2025, 12, 31)),
    ],
)
def test_dates_are_read_as_the_column_writes_them(imported: "Importer", written: str, day: date) -> None:
    row = imported(ledger(day=written)).rows()[0]

    assert row["Effective_Date"] == day


def test_one_day_after_the_12th_decides_the_whole_column(imported: "Importer") -> None:
    lines = "".join(f"J{n},{day},1,1.00,D,x\n" for n, day in enumerate(["01/02/2025", "03/04/2025", "25/04/2025"]))

    rows = imported(f"{HEADER}\n{lines}").rows()

    assert [row["Effective_Date"] for row in rows] == [date(2025, 2, 1), date(2025, 4, 3), date(2025, 4, 25)]


def test_days_that_cannot_be_told_from_months_are_noted(imported: "Importer") -> None:
    result = imported(ledger(day="01/02/2025"))

    assert any("day and month cannot be told apart" in note for note in result.source.notes)


def test_a_mapping_file_decides_between_day_and_month(imported: "Importer") -> None:
    result = imported(ledger(day="01/02/2025"), mapping=FileMapping(dates={"Effective_Date": "dmy"}))

    assert result.rows()[0]["Effective_Date"] == date(2025, 2, 1)


def test_three_digits_behind_every_dot_are_thousands_where_another_column_has_decimal_commas(
    imported: "Importer",
) -> None:
    text = f'{HEADER},Local_Amount\nJ1,2025-01-31,1,1.234,S,x,"17,50"\n'

    assert imported(text).rows()[0]["Amount"] == Decimal(1234)


def test_three_digits_behind_every_dot_are_noted_where_nothing_decides(imported: "Importer") -> None:
    result = imported(ledger(amount="1.234"))

    assert result.rows()[0]["Amount"] == Decimal("1.234")
    assert any("might separate thousands" in note for note in result.source.notes)


@pytest.mark.parametrize(
    ("written", "side"),
    [("S", "D"), ("H", "C"), ("Soll", "D"), ("haben", "C"), ("Dr", "D"), ("Credit", "C"), ("d", "D")],
)
def test_debit_and_credit_have_many_names(imported: "Importer", written: str, side: str) -> None:
    assert imported(ledger(side=written)).rows()[0]["Amount_Credit_Debit_Indicator"] == side


def sides(result: "Imported") -> list[tuple[str, Decimal]]:
    return [(row["Amount_Credit_Debit_Indicator"], row["Amount"]) for row in result.rows()]


def test_signed_amounts_are_debits_and_credits(imported: "Importer") -> None:
    result = imported("Belegnummer;Buchungsdatum;Konto;Betrag\n1;31.01.2025;4400;10,50\n1;31.01.2025;1200;-10,50\n")

    assert sides(result) == [("D", Decimal("10.50")), ("C", Decimal("10.50"))]


def test_separate_columns_are_debits_and_credits(imported: "Importer") -> None:
    result = imported(
        "Belegnummer;Buchungsdatum;Konto;Soll;Haben\n1;31.01.2025;4400;10,50;\n1;31.01.2025;1200;;10,50\n"
    )

    assert sides(result) == [("D", Decimal("10.50")), ("C", Decimal("10.50"))]


def test_a_minus_on_every_credit_beside_its_mark_is_not_counted_twice(imported: "Importer") -> None:
    result = imported(f"{HEADER}\nJ1,2025-01-31,1,10.50,D,x\nJ1,2025-01-31,2,-10.50,C,x\n")

    assert sides(result) == [("D", Decimal("10.50")), ("C", Decimal("10.50"))]


def test_a_negative_amount_among_positive_credits_stays_negative(imported: "Importer") -> None:
    lines = "J1,2025-01-31,1,10.00,C,x\n" * 5

    result = imported(f"{HEADER}\n{lines}J1,2025-01-31,1,-3.00,C,x\n")

    assert sides(result)[-1] == ("C", Decimal("-3.00"))


@pytest.mark.parametrize(
    ("written", "clock"),
    [("90036", time(9, 0, 36)), ("10:12", time(10, 12)), ("10:12:05", time(10, 12, 5)), ("9:05 PM", time(21, 5))],
)
def test_times_are_read_as_the_column_writes_them(imported: "Importer", written: str, clock: time) -> None:
    text = f"{HEADER},Entered_Time\n{LINE},{written}\n"

    assert imported(text).rows()[0]["Entered_Time"] == clock


def test_a_timestamp_of_entry_gives_date_and_time(imported: "Importer") -> None:
    row = imported(f"{HEADER},posted_ts\n{LINE},2025-02-01 17:50:00\n").rows()[0]

    assert (row["Entered_Date"], row["Entered_Time"]) == (date(2025, 2, 1), time(17, 50))


def test_a_stray_space_in_a_header_does_no_harm(imported: "Importer") -> None:
    row = imported(f"{HEADER},JE_Header_ Description\n{LINE},Kopf\n").rows()[0]

    assert row["JE_Header_Description"] == "Kopf"


def test_titles_above_the_header_are_passed_over(imported: "Importer") -> None:
    result = imported(f"Ledger of the year\n\n{HEADER}\n{LINE}\n")

    assert result.rows()[0]["Source_Row"] == 4


def test_the_separator_line_of_spreadsheets_is_understood(imported: "Importer") -> None:
    result = imported("sep=;\nBelegnr;Buchungsdatum;Konto;Betrag\n1;31.01.2025;4400;1,00\n")

    assert result.rows()[0]["Source_Row"] == 3


def test_a_gzip_file_is_expanded_and_known_by_its_own_digest(imported: "Importer") -> None:
    data = gzip.compress(f"{HEADER}\n{LINE}\n".encode(), mtime=0)

    result = imported(data, "gl.csv.gz")

    assert (len(result.rows()), result.source.size) == (1, len(data))


def test_a_quoted_line_break_does_not_shift_the_rows_behind_it(imported: "Importer") -> None:
    text = f'{HEADER}\nJ1,2025-01-31,1,1.00,D,"two\nlines"\n{LINE}\n'

    rows = imported(text).rows()

    assert [(row["Source_Row"], row["JE_Line_Description"]) for row in rows] == [(2, "two\nlines"), (4, "Büro")]


def test_blank_lines_do_not_shift_the_rows_behind_them(imported: "Importer") -> None:
    rows = imported(f"{HEADER}\n{LINE}\n\n{LINE}\n").rows()

    assert [row["Source_Row"] for row in rows] == [2, 4]


def test_text_that_looks_like_a_command_stays_text(imported: "Importer") -> None:
    hostile = "Robert'); DROP TABLE rejects;--"

    row = imported(f'{HEADER},"Source"" OR 1=1"\nJ1,2025-01-31,{hostile},1.00,D,x,y\n', "a'b.csv").rows()[0]

    assert (row["GL_Account_Number"], row["Source_File"]) == (hostile, "a'b.csv")
