"""One source into canonical rows: a Parquet part of good rows, and rejects with reasons."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from audit_agent.books.conversion import Conversion, plan_conversion
from audit_agent.books.errors import ControlTotalsError
from audit_agent.books.mapping import FileMapping
from audit_agent.books.parquet_writer import write_parquet
from audit_agent.books.proposal import Proposal
from audit_agent.books.schema import TableSchema, schema_of
from audit_agent.books.source import BadRow, RawTable, Source
from audit_agent.books.swift import convert_swiftly
from audit_agent.books.totals import totals_of
from audit_agent.books.workbench import Workbench, file_literal, identifier, literal
from audit_agent.domain.books import ControlTotals, FilePart, SourceFile

VALUE_LENGTH = 200
"""Characters of a refused value that are kept."""

REJECT_COLUMNS = ("File", "SHA256", "Row", "Field", "Value", "Reason")


@dataclass(frozen=True)
class Converted:
    """One source after conversion; `part` holds its good rows."""

    file: SourceFile
    part: Path


def prepare_rejects(bench: Workbench) -> None:
    """Make the table every refused row goes to.

    `Source` and `Key` tell which row of which raw table it was: a line of a file may hold many records.
    """
    bench.run(
        'CREATE TABLE rejects ("File" VARCHAR, "SHA256" VARCHAR, "Row" BIGINT, "Field" VARCHAR, "Value" VARCHAR, '
        '"Reason" VARCHAR, "Source" VARCHAR, "Key" BIGINT)'
    )


def convert(bench: Workbench, source: Source, proposal: Proposal, mapping: FileMapping) -> Converted:
    """Convert one source; raises ControlTotalsError when its rows and sums do not add up."""
    schema = schema_of(proposal.table or "")
    if source.layout is not None and mapping.decimal is None:
        mapping = mapping.model_copy(update={"decimal": source.layout.decimal})
    part = bench.folder / bench.fresh_name("part")
    swift = convert_swiftly(bench, source, schema, proposal, mapping, part)
    if swift is not None:
        plan, given = swift
        outcome = _Outcome(plan, given, _nothing(given))
    else:
        outcome = _convert_loaded(bench, source, schema, proposal, mapping, part)
    return Converted(_file(bench, source, schema, proposal, outcome, part), part)


@dataclass(frozen=True)
class _Outcome:
    plan: Conversion
    given: ControlTotals
    rejected: ControlTotals
    torn_rows: int = 0
    """Rows that could not be split into fields, on top of the others."""
    parts: tuple[FilePart, ...] = ()


def _nothing(like: ControlTotals) -> ControlTotals:
    none = None if like.debits is None else Decimal(0)
    return ControlTotals(rows=0, debits=none, credits=none)


def _convert_loaded(
    bench: Workbench, source: Source, schema: TableSchema, proposal: Proposal, mapping: FileMapping, part: Path
) -> _Outcome:
    """The thorough way: everything loaded as text, every column decided over all its values, bad rows refused."""
    loaded = source.load(bench, list(proposal.columns.values()))
    raw = loaded.raw
    plan = plan_conversion(bench, raw, schema, proposal, mapping, source.comma_hint)
    _keep_bad_rows(bench, source, loaded.bad_rows)
    _write_part(bench, source, schema, raw, plan, part)
    if not _complete(bench, raw, plan, part):
        _reject(bench, source, raw, plan)
        _write_part(bench, source, schema, raw, plan, part)
    given = totals_of(bench, schema, raw.name, plan.outputs)
    rejected = totals_of(bench, schema, f"{raw.name} WHERE rowid IN ({_refused(source)})", plan.outputs)
    bench.run(f"DROP TABLE {raw.name}")
    return _Outcome(plan, given, rejected, len(loaded.bad_rows), loaded.parts)


def _keep_bad_rows(bench: Workbench, source: Source, bad_rows: tuple[BadRow, ...]) -> None:
    for bad in bad_rows:
        bench.run(
            "INSERT INTO rejects VALUES (?, ?, ?, '', ?, ?, ?, NULL)",
            [
                bad.file or source.name,
                bad.sha256 or source.sha256,
                bad.row,
                bad.value[:VALUE_LENGTH],
                bad.reason,
                source.name,
            ],
        )


def _refused(source: Source) -> str:
    """SQL of the rows of the raw table that are refused."""
    return f'SELECT "Key" FROM rejects WHERE "Source" = {literal(source.name)} AND "Key" IS NOT NULL'


def _write_part(
    bench: Workbench, source: Source, schema: TableSchema, raw: RawTable, plan: Conversion, part: Path
) -> None:
    outputs = plan.outputs | {
        "Source_File_SHA256": raw.sha256 or literal(source.sha256),
        "Source_File": raw.file or literal(source.name),
        "Source_Row": raw.row,
    }
    columns = ", ".join(
        f"CAST({outputs.get(name, 'NULL')} AS {kind}) AS {identifier(name)}" for name, kind in schema.sql_types.items()
    )
    (refused,) = bench.one(f"SELECT count(*) FROM ({_refused(source)})")
    where = f"WHERE rowid NOT IN ({_refused(source)})" if refused else ""
    write_parquet(bench, f"SELECT {columns} FROM {raw.name} {where}", part)


def _complete(bench: Workbench, raw: RawTable, plan: Conversion, part: Path) -> bool:
    """Whether every row got a value wherever the source has one; counting is far cheaper than checking rows."""
    if not plan.expected:
        return True
    expected = bench.one(f"SELECT {', '.join(plan.expected.values())} FROM {raw.name}")
    counted = ", ".join(f"count({identifier(name)})" for name in plan.expected)
    return bench.one(f"SELECT {counted} FROM read_parquet({file_literal(part)})") == expected


def _reject(bench: Workbench, source: Source, raw: RawTable, plan: Conversion) -> None:
    for check in plan.checks:
        bench.run(
            f"INSERT INTO rejects SELECT {raw.file or literal(source.name)}, {raw.sha256 or literal(source.sha256)}, "
            f"{raw.row}, ?, left({check.value}, {VALUE_LENGTH}), ?, ?, rowid FROM {raw.name} WHERE {check.bad}",
            [check.field, check.reason, source.name],
        )


def _file(
    bench: Workbench, source: Source, schema: TableSchema, proposal: Proposal, outcome: _Outcome, part: Path
) -> SourceFile:
    given, rejected, torn = outcome.given, outcome.rejected, outcome.torn_rows
    imported = totals_of(bench, schema, f"read_parquet({file_literal(part)})", {})
    _compare(source.name, given, imported, rejected)
    return SourceFile(
        name=source.name,
        sha256=source.sha256,
        size=source.size,
        table=schema.name,
        mapping=proposal.columns,
        source_totals=given.model_copy(update={"rows": given.rows + torn}),
        imported_totals=imported,
        rejected_rows=rejected.rows + torn,
        parts=outcome.parts,
        notes=(
            *source.notes(),
            *outcome.plan.notes,
            *_placeholder_note(bench, schema, part),
            *_constants(source, proposal),
        ),
    )


def _compare(name: str, given: ControlTotals, imported: ControlTotals, rejected: ControlTotals) -> None:
    for what in ("rows", "debits", "credits"):
        source, sum_ = getattr(given, what), (getattr(imported, what) or 0) + (getattr(rejected, what) or 0)
        if source is not None and source != sum_:
            raise ControlTotalsError(
                f"{name}: {what} do not add up: the source has {source}, imported and rejected rows have {sum_}.",
                "This is a fault of the import, not of the books. Report it with the file's layout.",
            )


def _placeholder_note(bench: Workbench, schema: TableSchema, part: Path) -> tuple[str, ...]:
    """Dates systems write for `none`; kept, but a person should know."""
    column = schema.period_column
    if column is None:
        return ()
    dates = "(DATE '1900-01-01', DATE '1970-01-01', DATE '9999-12-31')"
    (count,) = bench.one(
        f"SELECT count(*) FROM read_parquet({file_literal(part)}) WHERE {identifier(column)} IN {dates}"
    )
    return (f"{column}: {count:,} rows have a date that looks like `none` (1900, 1970 or 9999).",) if count else ()


def _constants(source: Source, proposal: Proposal) -> tuple[str, ...]:
    by_format = source.layout.constants if source.layout else {}
    return tuple(
        f"{name}: {text!r} in every row, by the {'format' if by_format.get(name) == text else 'mapping file'}."
        for name, text in (proposal.constants or {}).items()
    )
