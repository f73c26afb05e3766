"""Documents inside documents: an e-mail's attachments are vouched one by one, an e-invoice in a PDF goes before it."""

from collections.abc import Mapping
from email.message import EmailMessage

import pytest

from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.check import SetCheck, check_documents
from audit_agent.documents.reading.vouching import Verdict
from audit_agent.documents.text.model import Outcome
from tests.peers import documents

INVOICES = (
    b"Invoice_ID,Invoice_Number,Invoice_Date,Supplier_Account_ID,Invoice_Amount,Amount_Currency\n"
    b"1,NP-2025-0417,2025-10-03,S1,238.00,EUR\n"
    b"2,NP-2025-0418,2025-10-03,S1,238.00,EUR\n"
)
SUPPLIERS = b"Supplier_Account_ID,Supplier_Name\nS1,Nordlicht Papier\n"
OTHER = tuple(tuple(cell.replace("0417", "0418") for cell in row) for row in documents.INVOICE)
DEARER = tuple(tuple(cell.replace("EUR 238.00", "EUR 999.00") for cell in row) for row in documents.INVOICE)
LOGO = b"\x89PNG\r\n\x1a\n" + bytes(40)


def letter(attached: Mapping[str, bytes], body: str = "Please find our invoice attached.\n") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@nordlicht.example", "b@hafen.example", "Your invoice"
    message.set_content(body)
    for name, content in attached.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def forwarded(inner: bytes) -> bytes:
    """A message that has another within, as a file."""
    return letter({"forwarded.eml": inner}, "See below.\n")


FILES = {
    "one.eml": letter({"invoice.pdf": documents.pdf(), "logo.png": LOGO}),
    "two.eml": letter({"first.pdf": documents.pdf(), "second.html": documents.html(OTHER)}),
    "deep.eml": forwarded(letter({"invoice.xml": documents.ubl()})),
    "too-deep.eml": forwarded(forwarded(letter({"invoice.xml": documents.ubl()}))),
    "archive.zip": documents.zipped({"invoice.xml": documents.ubl(), "more.zip": documents.zipped({"a.txt": "a"})}),
    "bomb.eml": letter({"bomb.zip": documents.zipped({"zeros": bytes(50_000_000)}), "invoice.xml": documents.ubl()}),
    "same.eml": letter({f"copy{number}.xml": documents.ubl() for number in range(5)}),
    "many.eml": letter({f"{number}.txt": f"note {number}".encode() for number in range(30)}),
    "nothing.eml": letter({"logo.png": LOGO}, "Good morning.\n"),
    "damaged.eml": letter({"invoice.pdf": b"%PDF-1.4\nnothing more"}),
    "hybrid.pdf": documents.pdf(attached=("factur-x.xml", documents.ubl())),
    "two-faced.pdf": documents.pdf(DEARER, attached=("factur-x.xml", documents.ubl())),
    "sheet.pdf": documents.pdf(attached=("hours.csv", b"day,hours\n1,8\n")),
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> SetCheck:
    folder = tmp_path_factory.mktemp("inside")
    (folder / "books").mkdir()
    (folder / "books" / "invoices.csv").write_bytes(INVOICES)
    (folder / "books" / "suppliers.csv").write_bytes(SUPPLIERS)
    (folder / "documents").mkdir()
    for name, content in FILES.items():
        (folder / "documents" / name).write_bytes(content)
    rows = "".join(f"{name},{1 if name in ('one.eml', 'two.eml') else ''}\n" for name in FILES)
    (folder / "documents" / "list.csv").write_text(f"document,Invoice_ID\n{rows}", encoding="utf-8")
    return check_documents(str(folder / "documents" / "list.csv"), folder / "books", 100, lambda done, wanted: None)


@pytest.fixture
def outcome(checked: SetCheck, request: pytest.FixtureRequest) -> DocumentOutcome:
    """The outcome of the document that the test names."""
    return next(one for one in checked.outcomes if one.entry.source == request.param)


def named(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("outcome", names, indirect=True)


def verdicts(outcome: DocumentOutcome) -> list[tuple[str, Verdict]]:
    return [(one.entry.name, one.books.verdict) for one in outcome.with_inside() if one.books is not None]


@named("one.eml")
def test_the_row_named_for_a_message_is_that_of_its_bill(outcome: DocumentOutcome) -> None:
    (bill,) = outcome.inside

    assert verdicts(outcome) == [("invoice.pdf", Verdict.AGREES)]
    assert bill.entry.source == "one.eml!/invoice.pdf"
    assert bill.books is not None
    assert bill.books.source_row == 2


@named("two.eml")
def test_of_several_bills_each_is_looked_for_by_its_number(outcome: DocumentOutcome) -> None:
    assert verdicts(outcome) == [("first.pdf", Verdict.AGREES), ("second.html", Verdict.AGREES)]
    assert [one.books.source_row for one in outcome.inside if one.books] == [2, 3]


@named("deep.eml", "archive.zip", "bomb.eml")
def test_a_bill_is_found_within_messages_and_archives(outcome: DocumentOutcome) -> None:
    assert verdicts(outcome) == [("invoice.xml", Verdict.AGREES)]


@named("too-deep.eml")
def test_what_lies_deeper_than_two_is_listed_and_not_read(outcome: DocumentOutcome) -> None:
    (first,) = outcome.inside
    (second,) = first.inside

    assert (second.inside, [one.name for one in second.attachments]) == ((), ["invoice.xml"])


@named("archive.zip")
def test_an_archive_within_an_archive_is_not_unpacked(outcome: DocumentOutcome) -> None:
    assert [one.entry.name for one in outcome.with_inside()] == ["archive.zip", "invoice.xml"]


@named("bomb.eml")
def test_a_bomb_within_a_message_is_told_and_the_rest_is_read(outcome: DocumentOutcome) -> None:
    told = {one.entry.name: one.result.outcome for one in outcome.inside if one.result}

    assert told == {"bomb.zip": Outcome.TOO_LARGE, "invoice.xml": Outcome.READ}


@named("same.eml")
def test_the_same_content_is_read_once(outcome: DocumentOutcome) -> None:
    assert verdicts(outcome) == [("copy0.xml", Verdict.AGREES)]


@named("many.eml")
def test_of_many_attachments_the_first_twenty_are_read(outcome: DocumentOutcome) -> None:
    assert len(outcome.attachments) == 30
    assert [one.entry.name for one in outcome.inside] == [f"{number}.txt" for number in range(20)]


@named("nothing.eml", "many.eml")
def test_a_message_without_a_bill_stands_for_itself(outcome: DocumentOutcome) -> None:
    assert verdicts(outcome) == [(outcome.entry.name, Verdict.NOT_FOUND)]


@named("damaged.eml")
def test_a_damaged_document_within_a_message_is_told(outcome: DocumentOutcome) -> None:
    (damaged,) = outcome.inside

    assert damaged.failure.startswith("damaged: The PDF cannot be opened")


@named("hybrid.pdf")
def test_the_data_inside_a_pdf_goes_before_its_pages_and_is_named(outcome: DocumentOutcome) -> None:
    assert outcome.result is not None
    assert outcome.result.reader == "e-invoice"
    assert outcome.result.total.quotation is not None
    assert outcome.result.total.quotation.place.in_words().startswith("factur-x.xml, line ")
    assert verdicts(outcome) == [("hybrid.pdf", Verdict.AGREES)]


@named("two-faced.pdf")
def test_pages_that_show_another_total_than_the_data_contradict_it(outcome: DocumentOutcome) -> None:
    assert outcome.result is not None
    assert outcome.result.problems == ("The total in the data is 238.00 EUR, on the page 999.00 EUR.",)


@named("sheet.pdf")
def test_another_file_inside_a_pdf_leaves_the_pages_as_they_are(outcome: DocumentOutcome) -> None:
    assert outcome.result is not None
    assert outcome.result.reader == "offline"
    assert verdicts(outcome) == [("sheet.pdf", Verdict.AGREES)]
