"""ZIP: listed, within limits of count, size and ratio, and no deeper than one."""

import struct
from pathlib import Path

from audit_agent.documents.text.kinds import ZIP
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Outcome
from tests.peers.documents import text, zipped
from tests.unit.documents.conftest import Reads


def test_members_are_documents_of_their_own(reads: Reads, tmp_path: Path) -> None:
    found = reads(zipped({"../evil/invoice.txt": text(), "b.pdf": b"%PDF-1.7"}), ZIP)

    assert [(one.name, one.media_type, one.saved) for one in found.attachments] == [
        ("../evil/invoice.txt", "text/plain", True),
        ("b.pdf", "application/pdf", True),
    ]
    assert {path.name for path in (tmp_path / "inside").iterdir()} == {one.sha256 for one in found.attachments}


def test_an_archive_inside_is_listed_but_not_kept(reads: Reads, tmp_path: Path) -> None:
    (inner,) = reads(zipped({"inner.zip": zipped({"a.txt": "a"})}), ZIP).attachments

    assert not inner.saved
    assert list((tmp_path / "inside").iterdir()) == []


def test_a_well_packed_member_is_refused_before_it_is_expanded(reads: Reads) -> None:
    bomb = zipped({"zeros": bytes(50_000_000)})

    assert len(bomb) < 60_000
    assert reads(bomb, ZIP).outcome == Outcome.TOO_LARGE


def test_members_are_counted_and_added_up(reads: Reads) -> None:
    many = zipped({str(number): b"x" * 100 for number in range(30)})

    assert reads(many, ZIP, TextLimits(members=20)).outcome == Outcome.TOO_LARGE
    assert reads(many, ZIP, TextLimits(expanded=2_000)).outcome == Outcome.TOO_LARGE


def test_a_directory_that_lies_about_a_size_is_noticed(reads: Reads) -> None:
    honest = zipped({"a.txt": b"x" * 5_000})
    size = struct.pack("<I", 5_000)

    assert reads(honest.replace(size, struct.pack("<I", 10)), ZIP).outcome in (Outcome.TOO_LARGE, Outcome.DAMAGED)


def test_an_encrypted_member_is_an_outcome(reads: Reads) -> None:
    data = bytearray(zipped({"a.txt": b"abc"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    assert reads(bytes(data), ZIP).outcome == Outcome.ENCRYPTED


def test_half_an_archive_is_damaged(reads: Reads) -> None:
    assert reads(zipped({"a": b"b" * 500})[:-30], ZIP).outcome == Outcome.DAMAGED


def test_an_offset_before_the_beginning_is_damage(reads: Reads) -> None:
    data = zipped({"a.txt": b"b" * 500})
    directory = data.index(b"PK\x01\x02")

    assert reads(data[:10] + data[directory:], ZIP).outcome == Outcome.DAMAGED
