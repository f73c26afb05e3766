"""Lists of addresses and paths, and columns of the books, become manifests."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_agent.documents.errors import DocumentListError, DocumentsPathError, EmptySetError
from audit_agent.documents.sets.column import ColumnSet
from audit_agent.documents.sets.lists import ListSet
from audit_agent.domain.documents import BooksRow
from tests.unit.documents.conftest import Freezer


@pytest.fixture
def listed(tmp_path: Path) -> ListSet:
    """A CSV file beside one document."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    return ListSet(tmp_path / "list.csv")


def test_a_text_file_names_a_document_a_line_in_its_own_order(tmp_path: Path, freeze: Freezer) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    path = tmp_path / "list.txt"
    path.write_text("# invoices\n\nhttps://example.com/z.pdf\n a.pdf \ns3://bucket/key.xml\n", encoding="utf-8")

    frozen = freeze(ListSet(path))

    assert frozen.sources == ["https://example.com/z.pdf", "a.pdf", "s3://bucket/key.xml"]
    assert [entry.media_type for entry in frozen.entries] == ["application/pdf", "application/pdf", "application/xml"]
    assert [entry.sha256 is None for entry in frozen.entries] == [True, False, True]


def test_the_other_columns_of_a_csv_say_which_row_a_document_supports(listed: ListSet, freeze: Freezer) -> None:
    listed.path.write_text(
        "Invoice_ID;URL;Table;Source_Row;Supplier_ID\n"
        '4711;https://example.com/1.pdf;Invoices_Received;12;"V;1"\n'
        ";a.pdf;;;\n",
        encoding="utf-8",
    )

    first, second = freeze(listed).entries

    assert first.supports == BooksRow(
        table="Invoices_Received", source_row=12, keys={"Invoice_ID": "4711", "Supplier_ID": "V;1"}
    )
    assert second.supports is None


def test_a_row_that_is_no_number_stays_as_it_was_written(listed: ListSet, freeze: Freezer) -> None:
    listed.path.write_text("url,Source_Row\na.pdf,99999999999999999999\n", encoding="utf-8")

    (entry,) = freeze(listed).entries

    assert entry.supports == BooksRow(keys={"Source_Row": "99999999999999999999"})


def test_what_is_no_document_is_a_reject_with_file_line_and_reason(
    listed: ListSet, freeze: Freezer, tmp_path: Path
) -> None:
    listed.path.write_text(
        "url,note\nhttps://example.com/1.pdf,x\nmissing.pdf,\n../b.pdf,\nhttps://example.com/1.pdf,y\n"
        "ftp://example.com/a,\n,z\na,b,c\n./a.pdf,\na.pdf,\nmissing.pdf,\n",
        encoding="utf-8",
    )

    frozen = freeze(listed)

    assert frozen.sources == ["https://example.com/1.pdf", "missing.pdf", "a.pdf"]
    assert frozen.reasons == [
        ("list.csv", 4, "it lies outside the folder of the set"),
        ("list.csv", 5, "it is named twice; the first is document 0"),
        ("list.csv", 6, "ftp:// is no kind of address that is fetched"),
        ("list.csv", 7, "its url is empty"),
        ("list.csv", 8, "it has 3 values where the header has 2"),
        ("list.csv", 10, "it is named twice; the first is document 2"),
        ("list.csv", 11, "it is named twice; the first is document 1"),
    ]
    assert [reject.duplicate_of for reject in frozen.rejects if reject.duplicate_of is not None] == [0, 2, 1]
    assert frozen.manifest.rejected == 7


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,amount\na,1\n", "line 1: no column is named source, url"),
        (b"url,x,x\n", "line 1: two columns have the same name"),
        (b"url\nhttps://example.com/\xff\n", "line 2: the line is not UTF-8"),
        (b"url\n" + b"a" * 70_000, "line 2: the line is longer than 65,536 bytes"),
        (b'url\n"a"b\n', "line 2: "),
        (b"", "line 1: no column"),
    ],
)
def test_a_malformed_list_is_refused_as_a_whole(listed: ListSet, freeze: Freezer, content: bytes, reason: str) -> None:
    listed.path.write_bytes(content)
    with pytest.raises(DocumentListError, match=reason):
        freeze(listed)


def test_a_list_of_nothing_but_rejects_says_the_first(listed: ListSet, freeze: Freezer) -> None:
    listed.path.write_text("url\ntelnet://x/\n../gone.pdf\n", encoding="utf-8")
    with pytest.raises(EmptySetError, match=r"all 2 were refused. The first is list.csv, line 2: telnet"):
        freeze(listed)


def test_a_list_that_cannot_be_read_is_no_traceback(tmp_path: Path, freeze: Freezer) -> None:
    with pytest.raises(DocumentsPathError, match="cannot be read"):
        freeze(ListSet(tmp_path / "nothing.txt"))


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    """A frozen table with a column that names files."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    rows = [
        {"Invoice_ID": "1", "Scan": "a.pdf", "Source_File": "inv.csv", "Source_Row": 2},
        {"Invoice_ID": "2", "Scan": None, "Source_File": "inv.csv", "Source_Row": 3},
        {"Invoice_ID": "3", "Scan": "https://example.com/3", "Source_File": "inv.csv", "Source_Row": 4},
        {"Invoice_ID": "4", "Scan": "a.pdf", "Source_File": "inv.csv", "Source_Row": 5},
    ]
    path = tmp_path / "table.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_a_column_of_the_books_names_documents_with_the_rows_they_support(invoices: Path, freeze: Freezer) -> None:
    frozen = freeze(ColumnSet(invoices, "Invoices_Received", "Scan", ("Invoice_ID",), invoices.parent))

    assert frozen.sources == ["a.pdf", "https://example.com/3"]
    assert frozen.entries[0].supports == BooksRow(
        table="Invoices_Received", source_file="inv.csv", source_row=2, keys={"Invoice_ID": "1"}
    )
    assert frozen.reasons == [("inv.csv", 5, "it is named twice; the first is document 0")]


def test_a_column_that_is_not_there_is_named_with_those_that_are(invoices: Path, freeze: Freezer) -> None:
    with pytest.raises(DocumentListError, match=r"no column Link.*It has Invoice_ID, Scan"):
        freeze(ColumnSet(invoices, "Invoices_Received", "Link", (), invoices.parent))
