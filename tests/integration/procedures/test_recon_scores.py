"""Journal procedures on the books of one company whose 20 seeded anomalies others labelled."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.procedures.perform import perform
from audit_agent.store.evidence import FolderEvidence
from tests.unit.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "journal-scores.md"
_ROW = re.compile(r"^\| ([A-Z0-9-]+)(?:, (\S+)%)? \| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
_RUNS = (
    ("JE-05", "", "off_hours"),
    ("JE-06", "", "off_hours"),
    ("JE-08", "", "round_number"),
    ("JE-09", "", "duplicate"),
    ("JE-17", "1", "any"),
    ("JE-17", "2.5", "any"),
    ("JE-17", "5", "any"),
)


@pytest.fixture(scope="module")
def books(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FrozenTables, FolderEvidence]]:
    """The journals without the mark that gives the duplicates away."""
    folder = tmp_path_factory.mktemp("recon")
    (folder / "books").mkdir()
    for name in ("journal_entries.csv", "chart_of_accounts.csv"):
        text = (shared_data / "recon_je" / name).read_text(encoding="utf-8")
        (folder / "books" / name).write_text(text.replace(" (DUP)", ""), encoding="utf-8")
    evidence = FolderEvidence(folder / "evidence")
    _, manifest = import_books(folder / "books", evidence)
    with FrozenTables(manifest, evidence) as tables:
        yield tables, evidence


@pytest.fixture(scope="module")
def labels(shared_data: Path) -> dict[str, str]:
    given = json.loads((shared_data / "recon_je" / "anomaly_truth.json").read_text(encoding="utf-8"))
    return {item["entry_id"]: item["type"] for item in given}


def test_the_page_shows_what_is_found_of_the_labelled_journals(
    books: tuple[FrozenTables, FolderEvidence], labels: dict[str, str]
) -> None:
    tables, evidence = books
    found = []
    for procedure, percent, kind in _RUNS:
        parameters = {"top_percent": percent} if percent else {}
        step = PlanStep(
            id=StepId("S01"), procedure=procedure, title=procedure, risk="R1", why="-", parameters=parameters
        )
        paper = perform(step, tables, evidence, "USD")
        listed = set(pq.read_table(evidence.path(paper.exceptions))["Journal_ID"].to_pylist())
        wanted = {journal for journal, label in labels.items() if kind in ("any", label)}
        found.append((procedure, percent, kind, *map(str, (len(wanted), len(listed & wanted), len(listed - wanted)))))
    print(*found, sep="\n")

    assert _ROW.findall(_PAGE.read_text(encoding="utf-8")) == found
