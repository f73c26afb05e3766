"""Bad rows are refused with a reason; nothing is lost on the way."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_agent.books.importing import import_books
from audit_agent.books.mapping import FileMapping
from audit_agent.store.evidence import FolderEvidence

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer

HEADER = "Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator"
GOOD = "J1,2025-01-31,4400,10.00,D\n" * 4


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (",2025-01-31,4400,10.00,D", "Journal_ID", "is missing"),
        ("J1,2025-02-30,4400,10.00,D", "Effective_Date", "is not a date like 2025-12-31"),
        ("J1,,4400,10.00,D", "Effective_Date", "is missing"),
        ("J1,2025-01-31,4400,ten,D", "Amount", "is not a number with a decimal point and at most 4 decimals"),
        ("J1,2025-01-31,4400,0x1F,D", "Amount", "is not a number with a decimal point and at most 4 decimals"),
        ("J1,2025-01-31,4400,1.00005,D", "Amount", "is not a number with a decimal point and at most 4 decimals"),
        (
            "J1,2025-01-31,4400,999999999999999,D",
            "Amount",
            "is not a number with a decimal point and at most 4 decimals",
        ),
        ("J1,2025-01-31,4400,10.00,X", "Amount_Credit_Debit_Indicator", None),
        ("J1,2025-01-31,4400,10.00", "", "has 4 fields where the header has 5"),
        ("J1,2025-01-31,4400,10,00,D", "", "has 6 fields where the header has 5"),
        ('J1,2025-01-31,"4400,10.00,D', "", "has a quote that is never closed, or text behind a closing quote"),
        ('J1,2025-01-31,"44"00,10.00,D', "", "has a quote that is never closed, or text behind a closing quote"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_stay(
    imported: "Importer", line: str, field: str, reason: str | None
) -> None:
    result = imported(f"{HEADER}\n{GOOD}{line}\n{GOOD}")

    (reject,) = result.rejects()
    assert reject[:2] == (6, field)
    assert reason is None or reject[2] == reason
    assert [row["Source_Row"] for row in result.rows()] == [2, 3, 4, 5, 7, 8, 9, 10]


def test_totals_tell_what_was_refused(imported: "Importer") -> None:
    result = imported(f"{HEADER}\n{GOOD}J1,someday,4400,2.50,D\n")

    source = result.source
    assert (source.source_totals.rows, source.imported_totals.rows, source.rejected_rows) == (5, 4, 1)
    assert (source.source_totals.debits, source.imported_totals.debits) == (Decimal("42.5"), Decimal(40))


def test_every_bad_field_of_a_row_is_named(imported: "Importer") -> None:
    result = imported(f"{HEADER}\n{GOOD}J1,someday,,x,D\n")

    assert [field for _, field, _ in result.rejects()] == ["Amount", "Effective_Date", "GL_Account_Number"]
    assert result.source.rejected_rows == 1


def test_a_row_with_debit_and_credit_is_refused(imported: "Importer") -> None:
    result = imported(
        "Journal_ID,Effective_Date,GL_Account_Number,Debit,Credit\nJ1,2025-01-31,1,5,0\nJ1,2025-01-31,2,5,5\n"
        "J1,2025-01-31,3,,\n"
    )

    assert result.rejects() == [(3, "Amount", "is given as a debit and as a credit"), (4, "Amount", "is missing")]


def test_a_refused_value_is_cut(imported: "Importer") -> None:
    result = imported(f"{HEADER}\n{GOOD}J1,2025-01-31,1,{'x' * 5000},D\n")

    assert len(result.rejects()) == 1


def test_amounts_are_rounded_only_when_the_mapping_file_says_so(imported: "Importer") -> None:
    text = f"{HEADER}\n{GOOD}J1,2025-01-31,1,3303.9999999999995,D\n"

    result = imported(text, mapping=FileMapping(round_amounts=True))

    assert result.rows()[-1]["Amount"] == Decimal(3304)


def test_bytes_that_are_not_utf8_refuse_their_row_only(imported: "Importer") -> None:
    good = "J1,2025-01-31,Büro,10.00,D\n" * 20
    text = f"{HEADER}\n{good}".encode() + b"J1,2025-01-31,B\xfcro,1.00,D\n"

    result = imported(text)

    assert result.rejects() == [(22, "", "has bytes that are not UTF-8")]


amounts = st.one_of(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2).map(str),
    st.sampled_from(["", "abc", "1.23456", "12,5", "1e5", "NULL", "  7.50 "]),
)
texts = st.sampled_from(["J1", "", '4"4', "a,b", "two\nlines", " x ", "Ü"])
days = st.sampled_from(["2025-01-31", "2025-02-30", "", "31.01.2025"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(texts, days, texts, amounts, st.sampled_from(["S", "H", "?"])), min_size=1, max_size=12))
def test_no_cent_is_lost(tmp_path: Path, evidence: FolderEvidence, rows: list[tuple[str, str, str, str, str]]) -> None:
    good = ("J0", "2025-01-01", "1", "10.00", "S")
    written = io.StringIO()
    csv.writer(written).writerows([HEADER.split(","), *[good] * 12, *rows])
    path = tmp_path / "gl.csv"
    path.write_bytes(written.getvalue().encode())

    _, manifest = import_books(path, evidence)

    (source,) = manifest.sources
    expected = sum((readable(amount) for *_, amount, side in rows if side == "S"), Decimal(120))
    assert source.source_totals.rows == source.imported_totals.rows + source.rejected_rows == len(rows) + 12
    assert source.source_totals.debits == expected


def readable(text: str) -> Decimal:
    return Decimal(text.strip()) if text not in ("", "abc", "1.23456", "12,5", "1e5", "NULL") else Decimal(0)
