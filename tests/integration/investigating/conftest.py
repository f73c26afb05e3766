"""Sample books, frozen once, with the workpapers of the steps that are investigated.

Dismissal rules are switched off, so that look-alikes reach the investigator too.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.procedures.registry import REGISTRY
from audit_agent.sample.truth import SampleTruth
from audit_agent.sample.writer import generate
from audit_agent.store.evidence import FolderEvidence

INVESTIGATED = ("JE-05", "JE-06", "JE-09", "JE-10", "JE-11", "P2P-01", "P2P-04")


class Frozen(NamedTuple):
    truth: SampleTruth
    evidence: FolderEvidence
    manifest: BooksManifest
    papers: dict[str, Workpaper]


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    folder: Path = tmp_path_factory.mktemp("investigated")
    truth = generate(folder, 7)
    evidence = FolderEvidence(folder / "evidence")
    _, manifest = import_books(folder / "books", evidence)
    papers = {}
    with FrozenTables(manifest, evidence) as tables:
        for number, procedure in enumerate(INVESTIGATED, 1):
            step = PlanStep(
                id=StepId(f"S{number:02d}"),
                procedure=procedure,
                title=procedure,
                risk="R1",
                why="-",
                parameters={"dismiss": ""} if REGISTRY.get(procedure).dismissals else {},
            )
            papers[procedure] = perform(step, tables, evidence, "EUR")
    return Frozen(truth, evidence, manifest, papers)
