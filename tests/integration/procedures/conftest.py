"""The real general ledger with published counts, imported as anybody's books are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.store.evidence import FolderEvidence


@pytest.fixture(scope="session")
def aicpa_tables(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrozenTables]:
    """28,160 lines of an SAP-style ledger and the system's log of it."""
    evidence = FolderEvidence(tmp_path_factory.mktemp("aicpa"))
    _, manifest = import_books(shared_data / "aicpa_gl", evidence)
    with FrozenTables(manifest, evidence) as tables:
        yield tables
