import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.record import Digest, digest_bytes
from audit_agent.store.evidence import EvidenceDamagedError, EvidenceNotWrittenError, FolderEvidence


def _files(evidence: FolderEvidence) -> list[str]:
    root = evidence.workspace().parent
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_bytes_come_back_by_their_digest(evidence: FolderEvidence) -> None:
    digest = evidence.put(b"books")

    assert digest == digest_bytes(b"books")
    assert evidence.read(digest) == b"books"


def test_the_same_bytes_twice_are_one_blob(evidence: FolderEvidence) -> None:
    evidence.put(b"books")
    evidence.put(b"books")

    assert _files(evidence) == [digest_bytes(b"books")]


def test_a_blob_lies_in_two_levels_of_folders_and_is_read_only(evidence: FolderEvidence) -> None:
    digest = evidence.put(b"books")

    path = evidence.path(digest)

    assert path.parts[-3:] == (digest[:2], digest[2:4], digest)
    assert path.stat().st_mode & 0o777 == 0o444


def test_a_finished_file_is_moved_in(evidence: FolderEvidence) -> None:
    temporary = evidence.workspace() / "table.parquet"
    temporary.write_bytes(b"rows")

    digest = evidence.put_file(temporary)

    assert evidence.read(digest) == b"rows"
    assert not temporary.exists()


def test_a_finished_file_that_is_there_already_is_dropped(evidence: FolderEvidence) -> None:
    evidence.put(b"rows")
    temporary = evidence.workspace() / "table.parquet"
    temporary.write_bytes(b"rows")

    evidence.put_file(temporary)

    assert _files(evidence) == [digest_bytes(b"rows")]


@pytest.mark.parametrize("name", [digest_bytes(b"other"), "", "../../etc/passwd", "AB" * 32])
def test_what_was_never_put_is_not_found(evidence: FolderEvidence, name: str) -> None:
    evidence.put(b"books")

    with pytest.raises(NotFoundError, match="Restore the evidence folder"):
        evidence.read(Digest(name))


def test_bytes_that_were_changed_are_not_given_out(evidence: FolderEvidence) -> None:
    digest = evidence.put(b"books")
    evidence.path(digest).chmod(0o644)
    evidence.path(digest).write_bytes(b"boots")

    with pytest.raises(EvidenceDamagedError, match="do not have its digest"):
        evidence.read(digest)


def test_a_full_disk_is_named_and_leaves_nothing_half_written(evidence: FolderEvidence) -> None:
    evidence.workspace()

    with _files_no_larger_than(1000), pytest.raises(EvidenceNotWrittenError, match="Free space"):
        evidence.put(b"x" * 5000)

    assert _files(evidence) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(EvidenceNotWrittenError, match="could not be written"):
        FolderEvidence(tmp_path / "file" / "evidence").put(b"books")


def test_a_file_that_is_gone_cannot_be_taken_over(evidence: FolderEvidence) -> None:
    with pytest.raises(EvidenceNotWrittenError):
        evidence.put_file(evidence.workspace() / "gone.parquet")


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    """What a full disk does to a writer, without filling one. Python ignores the signal; the write fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
