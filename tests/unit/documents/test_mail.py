"""E-mail: headers, the shown body, and attachments as documents of their own."""

from email.message import EmailMessage
from pathlib import Path

from audit_agent.documents.text.kinds import MAIL
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Outcome
from audit_agent.domain.record import digest_bytes
from tests.peers.documents import mail
from tests.unit.documents.conftest import Reads


def test_headers_come_first_and_are_labelled(reads: Reads) -> None:
    pieces = reads(mail(), MAIL).pieces

    assert [(piece.label, piece.place.line) for piece in pieces[:4]] == [
        ("From", 1),
        ("To", 2),
        ("Date", 3),
        ("Subject", 4),
    ]
    assert pieces[4].text == "Nordlicht Papier GmbH"


def test_attachments_are_saved_under_their_digest(reads: Reads, tmp_path: Path) -> None:
    text = reads(mail(attached=("../../invoice.pdf", b"%PDF-1.7")), MAIL)

    (inside,) = text.attachments
    assert inside.sha256 == digest_bytes(b"%PDF-1.7")
    assert [path.name for path in (tmp_path / "inside").iterdir()] == [inside.sha256]


def test_of_two_forms_the_one_people_see_is_read(reads: Reads) -> None:
    text = reads(mail(html_extra='<p style="display:none">x</p><p>Only here</p>'), MAIL)

    assert text.pieces[-1].text == "Only here"
    assert [piece.text for piece in text.pieces if piece.hidden] == ["x"]
    assert text.attachments == ()


def test_a_message_sent_along_is_an_attachment(reads: Reads) -> None:
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "a@b.example", "Fwd"
    outer.set_content("See below")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "c@d.example", "Original"
    inner.set_content("The invoice")
    outer.add_attachment(inner)

    (inside,) = reads(outer.as_bytes(), MAIL).attachments

    assert inside.media_type == MAIL


def test_what_has_no_headers_is_no_mail(reads: Reads) -> None:
    assert reads(b"just words", MAIL).outcome == Outcome.DAMAGED


def test_nesting_and_numbers_are_limited(reads: Reads) -> None:
    many = EmailMessage()
    many["From"] = "a@b.example"
    many.set_content("x")
    for number in range(5):
        many.add_attachment(b"y", maintype="application", subtype="octet-stream", filename=str(number))

    assert reads(many.as_bytes(), MAIL, TextLimits(attachments=3)).outcome == Outcome.TOO_LARGE
    assert reads(many.as_bytes(), MAIL, TextLimits(depth=1)).outcome == Outcome.TOO_LARGE
