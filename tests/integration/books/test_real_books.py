"""Ledgers other people published."""

from decimal import Decimal
from pathlib import Path

from audit_agent.books.check import check_books
from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.store.evidence import FolderEvidence


def test_a_ledger_in_audit_data_standard_columns(shared_data: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(shared_data / "aicpa_gl", evidence)

    with FrozenTables(manifest, evidence) as tables:
        ledger = tables.table("GL_Detail")
        journals = ledger["Journal_ID"].nunique().to_pyarrow().as_py()
        described = ledger["JE_Header_Description"].count().to_pyarrow().as_py()
        odd = ledger.filter(ledger["Journal_ID"] == "100011090").to_pyarrow().to_pylist()
    signed = sum(row["Amount"] if row["Amount_Credit_Debit_Indicator"] == "D" else -row["Amount"] for row in odd)
    assert {table.name: table.rows for table in manifest.tables} == {"GL_Detail": 28_160, "Journal_Log": 26_590}
    assert (journals, described, manifest.rejects) == (13_295, 1_414, None)
    assert signed == Decimal("-233.57")


def test_a_ledger_with_separate_debit_and_credit_columns(shared_data: Path) -> None:
    check = check_books(shared_data / "recon_je")

    ledger = next(item.file for item in check.files if item.file.table == "GL_Detail")
    assert (ledger.imported_totals.rows, check.rejected_rows) == (1_796, 0)
    assert ledger.imported_totals.debits == ledger.imported_totals.credits == Decimal("59915546.29")
