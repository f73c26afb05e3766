"""Importing small files written by a test."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.limits import ImportLimits
from audit_agent.books.mapping import FileMapping, MappingFile
from audit_agent.domain.books import BooksManifest, SourceFile
from audit_agent.domain.record import Digest
from audit_agent.store.evidence import FolderEvidence


@dataclass(frozen=True)
class Imported:
    """Books as imported, with their rows at hand."""

    digest: Digest
    manifest: BooksManifest
    evidence: FolderEvidence

    @property
    def source(self) -> SourceFile:
        """The only source."""
        (source,) = self.manifest.sources
        return source

    def rows(self, table: str = "GL_Detail") -> list[dict[str, Any]]:
        """All rows of a table."""
        frozen = self.manifest.table(table)
        assert frozen is not None
        rows: list[dict[str, Any]] = pq.read_table(self.evidence.path(frozen.digest)).to_pylist()
        return rows

    def rejects(self) -> list[tuple[int, str, str]]:
        """Row, field and reason of every reject."""
        if self.manifest.rejects is None:
            return []
        rows = pq.read_table(self.evidence.path(self.manifest.rejects.digest)).to_pylist()
        return [(row["Row"], row["Field"], row["Reason"]) for row in rows]


Importer = Callable[..., Imported]


@pytest.fixture
def imported(tmp_path: Path, evidence: FolderEvidence) -> Importer:
    """Import one file of that content; text is written as UTF-8."""

    def run(
        content: str | bytes,
        name: str = "gl.csv",
        mapping: FileMapping | None = None,
        limits: ImportLimits | None = None,
        pattern: str = "",
    ) -> Imported:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        file = MappingFile(files={pattern or name: mapping}) if mapping else None
        digest, manifest = import_books(path, evidence, file, limits)
        return Imported(digest, manifest, evidence)

    return run
