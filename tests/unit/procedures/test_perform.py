"""What holds for every procedure: its SQL re-performs it, its bytes repeat, and its inputs are checked."""

import importlib
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_agent.books.tables import MemoryTables
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import VOUCHING, PlanStep
from audit_agent.domain.record import canonical_json
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import MissingInputError, perform
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.evidence import FolderEvidence
from tests.unit.procedures.hits.journals import line

PROCEDURES = tuple(meta.id for meta in REGISTRY.procedures() if meta.id != VOUCHING)
HITS = tuple(
    importlib.import_module(f"tests.unit.procedures.hits.{path.stem}")
    for path in sorted((Path(__file__).parent / "hits").glob("*.py"))
)
"""Modules with `ROWS` of which procedures flag something, under `PARAMETERS` where the defaults are not enough."""
FILES: dict[str, str] = {id_: text for hits in HITS for id_, text in getattr(hits, "FILES", {}).items()}
PARAMETERS: dict[str, dict[str, str]] = {id_: given for hits in HITS for id_, given in hits.PARAMETERS.items()}


@pytest.fixture(scope="module")
def books() -> Iterator[MemoryTables]:
    """Books in which every procedure finds something."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for hits in HITS:
        for table, given in hits.ROWS.items():
            rows[table] += given
    with MemoryTables(rows) as tables:
        yield tables


def _step(procedure: str, **parameters: str) -> PlanStep:
    return PlanStep(
        id=StepId("S03"), procedure=procedure, title="A step", risk="R1", why="A test.", parameters=parameters
    )


@pytest.fixture(scope="module", params=PROCEDURES)
def performed(request: pytest.FixtureRequest, books: MemoryTables, blobs: FolderEvidence) -> Workpaper:
    """Each procedure's workpaper over those books, with what people handed in for it."""
    step = _step(request.param, **PARAMETERS.get(request.param, {}))
    return perform(step, books, blobs, "USD", files=_handed_in(request.param, blobs))


def _handed_in(procedure: str, blobs: FolderEvidence) -> list[Path]:
    return [blobs.path(blobs.put(FILES[procedure].encode()))] if procedure in FILES else []


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderEvidence:
    """Evidence that all workpapers of this module share."""
    return FolderEvidence(tmp_path_factory.mktemp("evidence"))


def test_the_sql_of_the_workpaper_gives_the_stored_exceptions(
    performed: Workpaper, books: MemoryTables, blobs: FolderEvidence
) -> None:
    stored = pq.read_table(blobs.path(performed.exceptions)).to_pylist()
    if performed.dismissed is not None:
        stored += pq.read_table(blobs.path(performed.dismissed.items)).to_pylist()
    for row in stored:
        for beside in ("exception_ref", "exception_reason", "exception_dismissed_because"):
            row.pop(beside, None)

    with duckdb.connect() as connection:
        for need in REGISTRY.get(performed.procedure).inputs:
            if books.has(need.table):
                connection.register(need.table, _canonical(books.table(need.table).to_pyarrow()))
        for computed in performed.computed:
            connection.register(computed.table, pq.read_table(blobs.path(computed.digest)))
        again = connection.sql(performed.sql).to_arrow_table()

    assert performed.exception_lines > 0
    assert again.to_pylist() == stored


def _canonical(table: pa.Table) -> pa.Table:
    """Times as the books freeze them; Ibis hands them out in nanoseconds, another type to DuckDB."""
    fields = [field.with_type(pa.time64("us")) if pa.types.is_time(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields))


def test_the_same_books_and_parameters_give_the_same_bytes(
    performed: Workpaper, books: MemoryTables, evidence: FolderEvidence
) -> None:
    step = _step(performed.procedure, **performed.parameters)
    again = perform(step, books, evidence, "USD", files=_handed_in(performed.procedure, evidence))

    assert canonical_json(again) == canonical_json(performed)


def test_exceptions_are_numbered_by_score_then_key_and_name_their_sources(performed: Workpaper) -> None:
    top = performed.top

    assert [item.ref for item in top] == [f"S03-E{number:05d}" for number in range(1, len(top) + 1)]
    assert [item.key for item in top] == [item.key for item in sorted(top, key=lambda item: (-item.score, item.key))]
    assert all(0 < item.score <= 1 and len(item.sources) == item.source_count for item in top)


def test_a_missing_table_is_named_with_what_to_do(evidence: FolderEvidence) -> None:
    with (
        MemoryTables({"GL_Detail": [line("1", 1, "4000", "1.00")]}) as tables,
        pytest.raises(MissingInputError, match=r"needs the table Journal_Log.*books check"),
    ):
        perform(_step("JE-04"), tables, evidence, "USD")


def test_a_column_without_values_is_named(evidence: FolderEvidence) -> None:
    lines = [line("1", 1, "4000", "1.00", Entered_Time=None)]

    with (
        MemoryTables({"GL_Detail": lines}) as tables,
        pytest.raises(MissingInputError, match=r"values in GL_Detail\.Entered_Time"),
    ):
        perform(_step("JE-06"), tables, evidence, "USD")


def test_a_workpaper_names_fifty_exceptions_and_fifty_sources_but_counts_all(evidence: FolderEvidence) -> None:
    lines = [line(f"{n}", 1, "4000", "1.01") for n in range(60)]
    lines += [line("many", n, "4000", "2.02") for n in range(70)]

    with MemoryTables({"GL_Detail": lines}) as tables:
        paper = perform(_step("JE-05", batch_share="0"), tables, evidence, "USD")

    assert (paper.exception_count, paper.exception_lines, len(paper.top)) == (61, 130, 50)
    assert (paper.top[0].source_count, len(paper.top[0].sources)) == (70, 50)


def test_exposures_in_other_currencies_are_told_apart(evidence: FolderEvidence) -> None:
    lines = [line("1", 1, "4000", "5.00"), line("2", 1, "4000", "7.00", Amount_Currency="EUR")]

    with MemoryTables({"GL_Detail": lines}) as tables:
        paper = perform(_step("JE-05"), tables, evidence, "USD")

    assert (paper.exception_amount, paper.currency) == (Decimal(5), "USD")
    assert paper.statistics["Amounts in other currencies, not in the exposure"] == "7.0000 EUR in 1 exception"
