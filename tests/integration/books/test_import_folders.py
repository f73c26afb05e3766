"""Folders of books: several files, several kinds, one digest."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_agent.books.importing import import_books, load_manifest
from audit_agent.books.mapping import FileMapping, MappingFile
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.period import parse_period
from audit_agent.domain.record import digest_of
from audit_agent.store.evidence import FolderEvidence

HEADER = "Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator\n"
JANUARY = HEADER + "J1,2025-01-31,4400,10.00,D\nJ1,2025-01-31,1200,10.00,C\n"
FEBRUARY = HEADER + "J2,2025-02-28,4400,20.00,D\nJ2,2025-02-28,1200,20.00,C\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    books = tmp_path / "books"
    (books / "months").mkdir(parents=True)
    (books / "months" / "2025-01.csv").write_text(JANUARY)
    (books / "months" / "2025-02.csv").write_text(FEBRUARY)
    (books / "vendors.csv").write_text("Vendor No;Name;IBAN\n0042;Muster GmbH;DE00 1234\n")
    (books / "notes.pdf").write_bytes(b"%PDF")
    (books / ".hidden.csv").write_text("x")
    return books


def test_files_of_one_table_become_one_table(folder: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(folder, evidence)

    with FrozenTables(manifest, evidence) as tables:
        rows = tables.table("GL_Detail").to_pyarrow().to_pylist()
    assert [(row["Source_File"], row["Source_Row"]) for row in rows] == [
        ("months/2025-01.csv", 2),
        ("months/2025-01.csv", 3),
        ("months/2025-02.csv", 2),
        ("months/2025-02.csv", 3),
    ]
    assert {source.table for source in manifest.sources} == {"GL_Detail", "Supplier_Listing"}


def test_the_same_input_gives_the_same_digest(folder: Path, tmp_path: Path, evidence: FolderEvidence) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(folder, copy)

    first, manifest = import_books(folder, evidence)
    second, _ = import_books(copy, FolderEvidence(tmp_path / "other"))

    assert first == second == digest_of(manifest)


def test_the_same_many_rows_give_the_same_bytes(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.csv"
    with path.open("w") as file:
        file.write(HEADER)
        file.writelines(
            f"J{n * 7919 % 1_000_003},2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 997},{n % 8191}.{n % 100:02d},S\n"
            for n in range(200_000)
        )

    digests = {import_books(path, evidence)[0] for _ in range(2)}

    assert len(digests) == 1


def test_a_manifest_is_found_by_its_digest(folder: Path, evidence: FolderEvidence) -> None:
    digest, manifest = import_books(folder, evidence)

    assert load_manifest(digest, evidence) == manifest
    with pytest.raises(NotFoundError, match="no manifest"):
        load_manifest(evidence.put(b"something else"), evidence)


def test_frozen_tables_are_cut_to_the_period(folder: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(folder, evidence)

    with FrozenTables(manifest, evidence, parse_period("2025-02")) as tables:
        days = tables.table("GL_Detail")["Effective_Date"].to_pyarrow().to_pylist()
        whole = tables.whole("GL_Detail").count().to_pyarrow().as_py()

    assert (set(days), whole) == ({date(2025, 2, 28)}, 4)


def test_a_mapping_file_in_the_folder_goes_first(folder: Path, evidence: FolderEvidence) -> None:
    (folder / "mapping.yaml").write_text(
        "files:\n"
        "  'months/*.csv':\n"
        "    table: GL_Detail\n"
        "    columns: {Document_Date: Effective_Date}\n"
        "    constants: {Amount_Currency: EUR}\n"
        "  vendors.csv: {ignore: true}\n"
    )

    _, manifest = import_books(folder, evidence)

    with FrozenTables(manifest, evidence) as tables:
        row = tables.table("GL_Detail").to_pyarrow().to_pylist()[0]
    assert (row["Amount_Currency"], row["Document_Date"]) == ("EUR", row["Effective_Date"])
    assert manifest.table("Supplier_Listing") is None


def test_a_field_can_be_left_empty_by_the_mapping(folder: Path, evidence: FolderEvidence) -> None:
    mapping = MappingFile(files={"vendors.csv": FileMapping(columns={"Bank_Account": None})})

    _, manifest = import_books(folder, evidence, mapping)

    with FrozenTables(manifest, evidence) as tables:
        assert "Bank_Account" in tables.empty_columns("Supplier_Listing")


def test_parquet_is_imported_exactly(tmp_path: Path, evidence: FolderEvidence) -> None:
    table = pa.table(
        {
            "Journal_ID": ["J1", "J2"],
            "Effective_Date": pa.array([date(2025, 1, 31)] * 2, pa.date32()),
            "GL_Account_Number": [4400, 4401],
            "Amount": pa.array([Decimal("10.25"), Decimal("-0.29")], pa.decimal128(12, 2)),
        }
    )
    pq.write_table(table, tmp_path / "gl.parquet")

    _, manifest = import_books(tmp_path / "gl.parquet", evidence)

    with FrozenTables(manifest, evidence) as tables:
        rows = tables.table("GL_Detail").to_pyarrow().to_pylist()
    assert [(row["Amount"], row["Amount_Credit_Debit_Indicator"], row["Source_Row"]) for row in rows] == [
        (Decimal("10.25"), "D", 2),
        (Decimal("0.29"), "C", 3),
    ]
