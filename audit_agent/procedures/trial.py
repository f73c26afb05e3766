"""Try one procedure over books, outside any audit: import, perform, keep nothing."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_agent.books.importing import import_books
from audit_agent.books.mapping import load_mapping
from audit_agent.books.measures import main_currency
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.ids import StepId
from audit_agent.domain.period import parse_period
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.workpaper import Workpaper
from audit_agent.investigating.sandbox import query_runner
from audit_agent.procedures.perform import perform
from audit_agent.procedures.procedure import Procedure
from audit_agent.store.evidence import FolderEvidence


@dataclass(frozen=True)
class Trial:
    """A workpaper that belongs to no audit, and how long the procedure itself took."""

    workpaper: Workpaper
    seconds: float


def try_procedure(
    procedure: Procedure[Any] | QueryTest,
    parameters: Mapping[str, str],
    books: Path,
    period: str | None,
    mapping: Path | None,
) -> Trial:
    """Import the books into a temporary folder and run the procedure, or a test of one's own, over them.

    Raises ParameterError before anything is imported, then whatever the import or `perform` raises.
    """
    query = procedure if isinstance(procedure, QueryTest) else None
    if isinstance(procedure, Procedure):
        procedure.parameters.parse(procedure.id, parameters)
    wanted = parse_period(period) if period else None
    step = PlanStep(
        id=StepId("S01"),
        procedure=procedure.id,
        title=procedure.title,
        risk="-",
        why="Run by hand.",
        parameters=dict(parameters),
        query=query,
    )
    known = load_mapping(mapping) if mapping else None
    with tempfile.TemporaryDirectory(prefix="audit-agent-") as folder:
        evidence = FolderEvidence(Path(folder))
        _, manifest = import_books(books, evidence, known)
        with FrozenTables(manifest, evidence, wanted) as tables:
            currency = main_currency(tables)
            started = time.perf_counter()
            paper = perform(step, tables, evidence, currency, query_runner(manifest, evidence, wanted))
            return Trial(paper, time.perf_counter() - started)
