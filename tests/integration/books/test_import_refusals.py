"""What cannot be imported at all gets one clear error: what, where, what to do."""

import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_agent.books.errors import (
    BooksPathError,
    DamagedFileError,
    DuplicateHeaderError,
    MappingFileError,
    NothingRecognisedError,
    TooLargeError,
)
from audit_agent.books.files import given_files, unchanged
from audit_agent.books.importing import import_books
from audit_agent.books.limits import MEGABYTE, ImportLimits
from audit_agent.domain.errors import BadInputError
from audit_agent.store.evidence import FolderEvidence

HEADER = "Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator\n"
LEDGER = HEADER + "J1,2025-01-31,4400,10.00,D\n"


def refused(path: Path, evidence: FolderEvidence, limits: ImportLimits | None = None) -> BadInputError:
    with pytest.raises(BadInputError) as caught:
        import_books(path, evidence, limits=limits)
    assert caught.value.advice
    assert list(evidence.workspace().iterdir()) == []
    return caught.value


def test_no_such_path(tmp_path: Path, evidence: FolderEvidence) -> None:
    error = refused(tmp_path / "nowhere", evidence)

    assert isinstance(error, BooksPathError)
    assert "nowhere" in error.message


if sys.platform != "darwin":  # macOS has no such file names

    def test_a_file_name_that_is_not_utf_8(tmp_path: Path, evidence: FolderEvidence) -> None:
        (tmp_path / os.fsdecode(b"gl\xff.csv")).write_text(LEDGER)

        error = refused(tmp_path, evidence)

        assert isinstance(error, BooksPathError)
        assert "gl\\xff.csv" in error.message


def test_an_empty_folder(tmp_path: Path, evidence: FolderEvidence) -> None:
    (tmp_path / "books").mkdir()

    assert "holds no files" in refused(tmp_path / "books", evidence).message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "It is empty"),
        (HEADER, "has a header but no rows"),
        ("a,b\n1,2\n", "No canonical table fits"),
        ("\n\n\n", "has no header line"),
    ],
)
def test_a_file_without_a_table(tmp_path: Path, evidence: FolderEvidence, content: str, reason: str) -> None:
    path = tmp_path / "gl.csv"
    path.write_text(content)

    error = refused(path, evidence)

    assert isinstance(error, NothingRecognisedError)
    assert reason in error.message


def test_every_row_refused(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.csv"
    path.write_text(HEADER + ",2025-01-31,4400,10.00,D\n")

    assert "row 2: Journal_ID is missing" in refused(path, evidence).message


@pytest.mark.parametrize("cut", [5, 40, -9, -1])
def test_a_truncated_gzip(tmp_path: Path, evidence: FolderEvidence, cut: int) -> None:
    path = tmp_path / "gl.csv.gz"
    path.write_bytes(gzip.compress(LEDGER.encode() * 50)[:cut])

    assert isinstance(refused(path, evidence), DamagedFileError)


def test_a_corrupt_gzip(tmp_path: Path, evidence: FolderEvidence) -> None:
    data = bytearray(gzip.compress(os.urandom(5000)))
    data[2000:2010] = b"0123456789"
    path = tmp_path / "gl.csv.gz"
    path.write_bytes(data)

    assert isinstance(refused(path, evidence), DamagedFileError)


def test_a_gzip_bomb_is_noticed_before_it_fills_the_disk(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.csv.gz"
    path.write_bytes(gzip.compress(b"0,1\n" * (30 * MEGABYTE), 9))

    by_ratio = refused(path, evidence)
    by_size = refused(path, evidence, ImportLimits(decompressed=MEGABYTE))

    assert isinstance(by_ratio, TooLargeError)
    assert isinstance(by_size, TooLargeError)


@pytest.mark.parametrize(
    "content", [os.urandom(4000), b"PK\x03\x04" + bytes(50), b"%PDF-1.7\n%", b"\x7fELF\x02", b"a,b\n1,\0\0\0\n"]
)
def test_a_binary_file_named_csv(tmp_path: Path, evidence: FolderEvidence, content: bytes) -> None:
    path = tmp_path / "gl.csv"
    path.write_bytes(content)

    error = refused(path, evidence)

    assert isinstance(error, DamagedFileError)
    assert "gl.csv is not text" in error.message


def test_a_line_of_200_megabytes(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.csv"
    with path.open("wb") as file:
        file.write(LEDGER.encode())
        for _ in range(200):
            file.write(b"x" * MEGABYTE)

    error = refused(path, evidence)

    assert isinstance(error, TooLargeError)
    assert "line longer than" in error.message


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "gl.csv").write_text(LEDGER)
    (file,) = given_files(tmp_path)

    with pytest.raises(BooksPathError, match=r"gl\.csv changed while it was read"), unchanged(file):
        file.path.write_text(LEDGER + "J2,2025-01-31,4400,10.00,C\n")


def test_a_file_that_vanishes_before_it_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "gl.csv").write_text(LEDGER)
    (file,) = given_files(tmp_path)

    with pytest.raises(BooksPathError, match=r"gl\.csv changed while it was read"), unchanged(file):
        file.path.rename(tmp_path / "moved.csv").joinpath("gl.csv").read_text()


def test_duplicate_headers(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.csv"
    path.write_text(LEDGER.replace("GL_Account_Number", "amount"))

    error = refused(path, evidence)

    assert isinstance(error, DuplicateHeaderError)
    assert "amount" in error.message.lower()


def test_an_unreadable_file(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.csv"
    if os.geteuid() == 0:
        # Root may read every file, but reading one's own memory at address 0 fails for root as well.
        path.symlink_to("/proc/self/mem")
    else:
        path.write_text(LEDGER)
        path.chmod(0)

    assert "cannot be read" in refused(path, evidence).message


def test_a_file_that_is_not_in_the_encoding_it_is_said_to_be_in(tmp_path: Path, evidence: FolderEvidence) -> None:
    (tmp_path / "gl.csv.gz").write_bytes(
        gzip.compress(LEDGER.encode() + "J1,2025-01-31,Büro,1.00,D\n".encode("cp1252"))
    )
    (tmp_path / "mapping.yaml").write_text("files: {gl.csv.gz: {encoding: ascii}}")

    assert "gl.csv.gz is not ascii throughout" in refused(tmp_path, evidence).message


@pytest.mark.parametrize("name", ["gl.xlsx", "gl.parquet"])
def test_a_workbook_or_parquet_that_is_none(tmp_path: Path, evidence: FolderEvidence, name: str) -> None:
    path = tmp_path / name
    path.write_text(LEDGER)

    assert isinstance(refused(path, evidence), DamagedFileError)


def test_a_truncated_parquet(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.parquet"
    pq.write_table(pa.table({"a": ["x"] * 100}), path)
    path.write_bytes(path.read_bytes()[:-20])

    assert isinstance(refused(path, evidence), DamagedFileError)


def test_a_workbook_with_a_cell_in_the_far_corner(tmp_path: Path, evidence: FolderEvidence) -> None:
    sheet = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    path = tmp_path / "gl.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)

    error = refused(path, evidence)

    assert isinstance(error, TooLargeError)
    assert "1,048,576 rows" in error.message


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = tmp_path / "gl.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(3 * MEGABYTE))

    assert isinstance(refused(path, evidence, ImportLimits(workbook=MEGABYTE)), TooLargeError)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("files: [", "not valid YAML"),
        ("files: {gl.csv: {tabel: GL_Detail}}", "tabel"),
        ("files: {gl.csv: {table: Ledger}}", "no canonical table 'Ledger'"),
        ("files: {gl.csv: {table: GL_Detail, columns: {Betrag: Amount}}}", "Betrag is no field of GL_Detail"),
        ("files: {gl.csv: {columns: {Amount: Betrag}}}", "has none of that name"),
        ("files: {gll.csv: {table: GL_Detail}}", "'gll.csv'"),
        ("files: {gl.csv: {encoding: klingon}}", "no encoding 'klingon'"),
        ("files: {gl.csv: {constants: {Document_Date: never}}}", "'never'"),
        ("files: {gl.csv: {table: Payroll}}", "no column of it is"),
        ("- gl.csv", "the file"),
    ],
)
def test_a_mapping_file_that_does_not_fit(tmp_path: Path, evidence: FolderEvidence, text: str, part: str) -> None:
    (tmp_path / "gl.csv").write_text(LEDGER)
    (tmp_path / "mapping.yaml").write_text(text)

    with pytest.raises(MappingFileError) as caught:
        import_books(tmp_path, evidence)

    assert part in caught.value.message


FULL_DISK = """
import resource, sys
from pathlib import Path
from audit_agent.books.importing import import_books
from audit_agent.domain.errors import AuditAgentError
from audit_agent.store.evidence import FolderEvidence

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    import_books(Path(sys.argv[1]), FolderEvidence(Path(sys.argv[2])))
except AuditAgentError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("name", ["gl.csv", "gl.csv.gz"])
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, name: str) -> None:
    # A limit on the size of written files fails writes the way a full disk does.
    lines = io.StringIO()
    lines.write(HEADER)
    for number in range(20_000):
        lines.write(f"J{number * 7919 % 100_003},2025-01-31,{number * 104_729 % 99_991},{number}.17,D\n")
    text = lines.getvalue().encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    root = tmp_path / "evidence"

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / name), str(root)], capture_output=True, text=True, check=True
    )

    assert "BooksNotWrittenError" in done.stdout, done
    assert "Free space" in done.stdout
    assert [path for path in root.rglob("*") if path.is_file()] == []
