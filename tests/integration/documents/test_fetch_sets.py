"""A frozen set is fetched through one port, wherever its documents lie, and never from elsewhere."""

import os
from pathlib import Path

import pytest

from audit_agent.documents.fetching.fetcher import SetFetcher
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.manifest import read_entries
from audit_agent.documents.s3 import S3Access
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.sets.given import given_set
from audit_agent.domain.documents import DocumentEntry, DocumentManifest, Fetched, Problem
from audit_agent.store.evidence import FolderEvidence
from tests.integration.documents.conftest import NOW, ON_LOOPBACK, PDF, missed
from tests.peers.document_server import DocumentServer, answer

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two documents."""
    folder = tmp_path / "documents"
    (folder / "2025").mkdir(parents=True)
    (folder / "2025" / "a.pdf").write_bytes(PDF)
    (folder / "b.txt").write_bytes(b"text")
    return folder


@pytest.fixture
def frozen(folder: Path, evidence: FolderEvidence) -> DocumentManifest:
    return freeze_documents(given_set(str(folder), S3Access()), evidence)[1]


def _fetcher(manifest: DocumentManifest, evidence: FolderEvidence, policy: FetchPolicy = ON_LOOPBACK) -> SetFetcher:
    return SetFetcher(manifest, policy, evidence, S3Access(), lambda: NOW)


async def test_files_and_addresses_of_one_list_come_through_one_port(
    folder: Path, server: DocumentServer, evidence: FolderEvidence
) -> None:
    server.answers["/c.pdf"] = answer(PDF + b"c")
    (folder / "list.txt").write_text(f"2025/a.pdf\n{server.url('/c.pdf')}\ns3://bucket/d.pdf\n", encoding="utf-8")
    _, manifest = freeze_documents(given_set(str(folder / "list.txt"), S3Access()), evidence)

    async with _fetcher(manifest, evidence) as fetcher:
        file, web, stored = [await fetcher.fetch(entry) for entry in read_entries(evidence, manifest, 0, 50)]

    assert isinstance(file, Fetched)
    assert evidence.read(file.sha256) == PDF
    assert isinstance(web, Fetched)
    assert evidence.read(web.sha256) == PDF + b"c"
    assert missed(stored).problem is Problem.REFUSED_ADDRESS


async def test_a_file_that_changed_or_went_since_it_was_frozen_is_said_to_have(
    folder: Path, frozen: DocumentManifest, evidence: FolderEvidence
) -> None:
    (folder / "2025" / "a.pdf").write_bytes(PDF + b"!")
    (folder / "b.txt").unlink()

    async with _fetcher(frozen, evidence) as fetcher:
        changed, gone = [missed(await fetcher.fetch(entry)) for entry in read_entries(evidence, frozen, 0, 50)]

    assert changed.problem is Problem.CHANGED
    assert gone.problem is Problem.DEAD_LINK


@pytest.mark.parametrize("source", ["../secret.txt", "2025/../../secret.txt", "out.txt", "up/secret.txt", "2025", "."])
async def test_no_source_leaves_the_folder_of_the_set(
    folder: Path, frozen: DocumentManifest, evidence: FolderEvidence, source: str
) -> None:
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "out.txt").symlink_to("../secret.txt")
    (folder / "up").symlink_to("..")

    async with _fetcher(frozen, evidence) as fetcher:
        outcome = missed(await fetcher.fetch(DocumentEntry(number=0, source=source, name=source)))

    assert outcome.problem is Problem.OUTSIDE


async def test_a_pipe_in_the_place_of_a_file_holds_nothing_up(
    folder: Path, frozen: DocumentManifest, evidence: FolderEvidence
) -> None:
    (folder / "b.txt").unlink()
    os.mkfifo(folder / "b.txt")
    async with _fetcher(frozen, evidence) as fetcher:
        outcome = missed(await fetcher.fetch(DocumentEntry(number=0, source="b.txt", name="b.txt")))
    assert outcome.problem is Problem.OUTSIDE


async def test_a_set_without_a_folder_reads_no_file(frozen: DocumentManifest, evidence: FolderEvidence) -> None:
    rootless = frozen.model_copy(update={"root": None})
    async with _fetcher(rootless, evidence) as fetcher:
        outcome = missed(await fetcher.fetch(DocumentEntry(number=0, source="b.txt", name="b.txt")))
    assert outcome.problem is Problem.OUTSIDE


async def test_a_file_is_bound_by_the_same_limits(frozen: DocumentManifest, evidence: FolderEvidence) -> None:
    async with _fetcher(frozen, evidence, FetchPolicy(max_bytes=10)) as fetcher:
        outcome = missed(await fetcher.fetch(read_entries(evidence, frozen, 0, 1)[0]))
    assert outcome.problem is Problem.TOO_LARGE
