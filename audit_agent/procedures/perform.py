"""Carry out one step: run its procedure over the books and write the workpaper."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.tables import Tables
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.money import show
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import ComputedTable, Dismissed, Workpaper
from audit_agent.procedures.dismissed import collect_dismissed, parted
from audit_agent.procedures.flagging import numbered
from audit_agent.procedures.outcome import Outcome, collect
from audit_agent.procedures.procedure import Books, Measures, Procedure
from audit_agent.procedures.queried import RunQuery, queried
from audit_agent.procedures.registry import REGISTRY
from audit_agent.procedures.suppressing import suppressed


class MissingInputError(BadInputError):
    """The books lack a table, or values in a column, that the procedure cannot do without."""


def no_queries(sql: str) -> Sequence[Mapping[str, str]]:
    """For books over which no queries can be run."""
    raise MissingInputError("Queries cannot be run over these books.", "Use frozen books.")


def perform(
    step: PlanStep,
    tables: Tables,
    evidence: Evidence,
    currency: str,
    run_query: RunQuery = no_queries,
    files: Sequence[Path] = (),
) -> Workpaper:
    """Run a step's procedure and return its workpaper; every exception goes into `evidence` as Parquet.

    The same books, step and versions give the same bytes. Amounts that name no currency are in `currency`.
    `run_query` runs the query of a step that is none of the catalogue's; `files` are what process owners handed in for
    the step. Raises UnknownProcedureError, ParameterError,
    MissingInputError and QueryRowsError, and what running a query raises.
    """
    procedure = REGISTRY.get(step.procedure) if step.query is None else queried(step.query, run_query)
    parameters = procedure.parameters.parse(procedure.id, step.parameters)
    require_inputs(procedure, tables)
    books = Books(tables, currency, files=tuple(files))
    population = int(procedure.population(books, parameters).count().to_pyarrow().as_py())
    measures = procedure.measures(books, parameters)
    rows = numbered(suppressed(procedure.exceptions(books, parameters), step.suppressions))
    # The very text that the workpaper keeps is run: compiling the expression once more would take longer than running.
    sql = str(ibis.to_sql(rows, dialect="duckdb"))
    remaining, explained = parted(tables.run(sql, rows.schema()))
    outcome = collect(remaining, procedure, parameters, step.id, evidence, currency)
    rules = (*procedure.dismissals, *(one.rule for one in step.suppressions))
    dismissed = collect_dismissed(explained, procedure, parameters, step.id, evidence, rules)
    return Workpaper(
        step=step.id,
        title=step.title,
        procedure=procedure.id,
        procedure_version=procedure.version,
        parameters=parameters.texts() if step.query is None else {"query": step.query.sql},
        reads=tables.reads([need.table for need in procedure.inputs]),
        population=population,
        statistics=measures.statistics | outcome.other_currencies,
        series=measures.series,
        exception_count=outcome.count,
        exception_lines=outcome.lines,
        exception_amount=outcome.amount,
        currency=outcome.currency,
        exceptions=outcome.blob,
        top=outcome.top,
        sql=sql,
        conclusion=_conclusion(procedure, parameters, measures, outcome, population, dismissed),
        computed=tuple(_kept(name, rows, evidence) for name, rows in books.by_code.items()),
        dismissed=dismissed,
    )


def _kept(name: str, rows: pa.Table, evidence: Evidence) -> ComputedTable:
    with tempfile.TemporaryDirectory(dir=evidence.workspace(), prefix="computed-") as folder:
        path = Path(folder) / "rows.parquet"
        pq.write_table(rows, path, compression="zstd")
        return ComputedTable(table=name, digest=evidence.put_file(path), rows=rows.num_rows)


def require_inputs(procedure: Procedure[Any], tables: Tables) -> None:
    """Raise MissingInputError, naming everything a procedure needs that the books do not carry."""
    missing: list[str] = []
    for need in procedure.inputs:
        if not need.required:
            continue
        if not tables.has(need.table):
            missing.append(f"the table {need.table}")
            continue
        empty = tables.empty_columns(need.table)
        missing += (f"values in {need.table}.{column}" for column in need.columns if column in empty)
    if missing:
        raise MissingInputError(
            f"{procedure.id} ({procedure.title}) needs {' and '.join(missing)}, which the books do not carry.",
            "Add the file that holds it or map its column in the mapping file, see what maps to what with "
            "`audit-agent books check PATH`, or leave the procedure out of the plan.",
        )


def _conclusion(
    procedure: Procedure[Any],
    parameters: Any,
    measures: Measures,
    outcome: Outcome,
    population: int,
    dismissed: Dismissed | None,
) -> str:
    remark = procedure.remark(measures, parameters)
    if outcome.count == 0:
        found = f"{procedure.wording.none} {counted(population, 'row')} tested, no exceptions."
    else:
        what = counted(outcome.count, procedure.wording.one, procedure.wording.many)
        them = "it" if outcome.count == 1 else "them"
        found = f"{what}: {counted(outcome.lines, 'row')} behind {them}, {population:,} tested."
        if outcome.amount is not None:
            found += f" Exposure {show(outcome.amount, outcome.currency)}."
    if dismissed is not None:
        by = "; ".join(f"{rule.title}: {rule.count:,}" for rule in dismissed.by)
        found += f" {counted(dismissed.count, 'more was', 'more were')} flagged and dismissed ({by})."
    return f"{remark} {found}".strip()
