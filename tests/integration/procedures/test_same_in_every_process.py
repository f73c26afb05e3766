"""A workpaper's bytes depend on books, step and versions alone, not on the process that wrote it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit_agent.sample.writer import generate

_PERFORM_ALL = """
import json, sys
from pathlib import Path
from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.record import digest_of
from audit_agent.procedures.perform import perform
from audit_agent.programs.loader import load_program
from audit_agent.store.evidence import FolderEvidence

evidence = FolderEvidence(Path(sys.argv[2]))
books, manifest = import_books(Path(sys.argv[1]), evidence, None)
digests = {"books": books}
for number, entry in enumerate(load_program("general").procedures, 1):
    step = PlanStep(
        id=f"S{number:02d}", procedure=entry.id, title=entry.id, risk=entry.risk, why="", parameters=entry.parameters
    )
    with FrozenTables(manifest, evidence) as tables:
        digests[entry.id] = digest_of(perform(step, tables, evidence, "EUR"))
print(json.dumps(digests))
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate(folder, 7)
    return folder / "books"


def test_processes_that_hash_differently_write_the_same_workpapers(books: Path, tmp_path: Path) -> None:
    def digests(seed: str) -> dict[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", _PERFORM_ALL, str(books), str(tmp_path / seed)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, str] = json.loads(done.stdout)
        return found

    assert digests("1") == digests("2")
