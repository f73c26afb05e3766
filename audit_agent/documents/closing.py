"""From the outcomes of a step's documents to its workpaper, a page at a time."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.tables import FrozenTables
from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.booked import INVOICES, SUPPLIERS
from audit_agent.documents.tested import DOCUMENTS, FACTS, SCHEMA, Tested
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.money import show
from audit_agent.domain.period import Period
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import Series, TableRead, Workpaper
from audit_agent.procedures.documents import META, Parameters
from audit_agent.procedures.flagging import numbered
from audit_agent.procedures.outcome import Outcome, collect
from audit_agent.procedures.procedure import Row

_BATCH_ROWS = 5_000
_PLACE = pa.schema([("Source_File", pa.string()), ("Source_Row", pa.int64())])
_SQL = "-- Documents are compared one by one: audit-agent documents check SET --books PATH"


class Vouched(Record):
    """What a documents step worked on."""

    step: PlanStep
    documents: Digest
    """The frozen set's manifest."""
    total: int
    outcomes: Digest
    """Everything the documents came to."""
    currency: str
    period: Period | None = None


@dataclass(frozen=True)
class _Explained:
    """Rows that bring their reason along."""

    facts: tuple[str, ...] = FACTS
    reason: Callable[[Row, Any], str] = lambda row, _: str(row["why"])


def workpaper(
    vouched: Vouched, outcomes: Iterator[DocumentOutcome], books: BooksManifest, evidence: Evidence
) -> Workpaper:
    """The step's workpaper; every exception goes into the evidence. The same outcomes give the same bytes."""
    digests = {source.name: source.sha256 for source in books.sources}
    digests |= {part.name: part.sha256 for source in books.sources for part in source.parts}
    tested = Tested(vouched.documents, digests, vouched.currency)
    parameters = Parameters.parse(META.id, vouched.step.parameters)
    with (
        tempfile.TemporaryDirectory(dir=evidence.workspace(), prefix="vouching-") as name,
        FrozenTables(books, evidence, vouched.period) as tables,
    ):
        flagged, matched = Path(name) / "flagged.parquet", Path(name) / "matched.parquet"
        with pq.ParquetWriter(matched, _PLACE, compression="zstd") as places:
            _write(flagged, SCHEMA, tested.rows(_noting_rows(outcomes, places)))
        rows = numbered(ibis.duckdb.connect().read_parquet(flagged))
        outcome = collect(rows.to_pyarrow(), _Explained(), parameters, vouched.step.id, evidence, vouched.currency)
        bare = _without_document(tables, matched)
        reads = tables.reads((INVOICES, SUPPLIERS))
    return Workpaper(
        step=vouched.step.id,
        title=vouched.step.title,
        procedure=META.id,
        procedure_version=META.version,
        parameters=parameters.texts(),
        reads=(TableRead(table=DOCUMENTS, digest=vouched.documents, rows=vouched.total), *reads),
        population=vouched.total,
        statistics=_statistics(tested, bare) | outcome.other_currencies,
        series=_series(tested),
        exception_count=outcome.count,
        exception_lines=outcome.lines,
        exception_amount=outcome.amount,
        currency=outcome.currency,
        exceptions=outcome.blob,
        top=outcome.top,
        sql=_SQL,
        conclusion=_conclusion(tested, outcome, vouched.total),
        outcomes=vouched.outcomes,
    )


def _noting_rows(outcomes: Iterator[DocumentOutcome], places: pq.ParquetWriter) -> Iterator[DocumentOutcome]:
    """Write down which rows of the books have a document, on the way."""
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        matched = (one.books for one in outcome.with_inside() if one.books is not None)
        rows += (
            {"Source_File": books.source_file, "Source_Row": books.source_row}
            for books in matched
            if books.source_file is not None
        )
        if len(rows) >= _BATCH_ROWS:
            places.write_table(pa.Table.from_pylist(rows, _PLACE))
            rows.clear()
        yield outcome
    places.write_table(pa.Table.from_pylist(rows, _PLACE))


def _write(path: Path, schema: pa.Schema, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH_ROWS:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch.clear()
        writer.write_table(pa.Table.from_pylist(batch, schema))


def _without_document(tables: FrozenTables, matched: Path) -> int | None:
    """Invoices of the period that no document belongs to; None where the books carry none."""
    if not tables.has(INVOICES):
        return None
    invoices = tables.table(INVOICES)
    supported = invoices.get_backend().read_parquet(matched)
    return int(invoices.anti_join(supported, list(_PLACE.names)).count().to_pyarrow().as_py())


def _statistics(tested: Tested, bare: int | None) -> dict[str, str]:
    counts = {
        "Documents read": tested.read,
        "Documents that agree with the books": tested.agreed,
        "Documents that differ from the books": tested.differed,
        "Documents not found in the books": tested.not_found,
        "Documents that contradict themselves": tested.contradicted,
        "Documents that could not be read": sum(tested.failed.values()),
    }
    if tested.inside:
        counts["Documents inside others"] = tested.inside
    if bare is not None:
        counts["Invoices in the books that no document belongs to"] = bare
    return {name: str(count) for name, count in counts.items()}


def _series(tested: Tested) -> tuple[Series, ...]:
    if not tested.failed:
        return ()
    rows = tuple((reason, str(count)) for reason, count in sorted(tested.failed.items()))
    return (Series(title="Documents that could not be read", columns=("Reason", "Documents"), rows=rows),)


def _conclusion(tested: Tested, outcome: Outcome, total: int) -> str:
    if not outcome.count:
        return f"Nothing is wrong with any document. {counted(total, 'document')} tested, no exceptions."
    found = {
        "differ from the books": tested.differed,
        "are not found in the books": tested.not_found,
        "could not be read": sum(tested.failed.values()),
    }
    told = ", ".join(f"{count:,} {what}" for what, count in found.items() if count)
    told += f"; {tested.contradicted:,} contradict themselves" if tested.contradicted else ""
    exposure = "" if outcome.amount is None else f" Exposure {show(outcome.amount, outcome.currency)}."
    return f"{counted(outcome.count, 'document')} of {total:,} stand out: {told}.{exposure}"
