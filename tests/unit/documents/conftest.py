"""Freezing small sets, and reading bytes as a document, in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit_agent.documents.manifest import load_manifest, read_entries, read_rejects
from audit_agent.documents.sets.found import DocumentSet
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText
from audit_agent.domain.documents import DocumentEntry, DocumentManifest, RejectedDocument
from audit_agent.domain.record import Digest
from audit_agent.store.evidence import FolderEvidence

Reads = Callable[..., DocumentText]


@dataclass(frozen=True)
class Frozen:
    """A frozen set with all of its entries at hand."""

    digest: Digest
    manifest: DocumentManifest
    entries: tuple[DocumentEntry, ...]
    rejects: tuple[RejectedDocument, ...]

    @property
    def sources(self) -> list[str]:
        """The sources in their order."""
        return [entry.source for entry in self.entries]

    @property
    def reasons(self) -> list[tuple[str, int | None, str]]:
        """File, row and reason of every reject."""
        return [(reject.file, reject.row, reject.reason) for reject in self.rejects]


Freezer = Callable[[DocumentSet], Frozen]


@pytest.fixture
def freeze(evidence: FolderEvidence) -> Freezer:
    """Freeze a set, and read it back from its digest."""

    def run(given: DocumentSet) -> Frozen:
        digest, _ = freeze_documents(given, evidence)
        manifest = load_manifest(evidence, digest)
        entries = read_entries(evidence, manifest, 0, 100_000)
        return Frozen(digest, manifest, entries, read_rejects(evidence, manifest, 0, 100_000))

    return run


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """`reads(data, media_type)` with the usual limits or others; what is inside lands in `inside`."""
    inside = tmp_path / "inside"
    inside.mkdir()

    def read(data: bytes, media_type: str, limits: TextLimits | None = None) -> DocumentText:
        path = tmp_path / "document"
        path.write_bytes(data)
        return extract(path, media_type, limits or TextLimits(), inside)

    return read
