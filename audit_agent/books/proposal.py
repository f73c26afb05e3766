"""Which canonical table a source carries, and which of its columns is which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_agent.books.canonical import CANONICAL
from audit_agent.books.errors import MappingFileError
from audit_agent.books.kinds import share_of_kind
from audit_agent.books.mapping import CREDIT, DEBIT, FileMapping, mappable_fields
from audit_agent.books.schema import Field, Kind, TableSchema
from audit_agent.books.source import Layout, Source
from audit_agent.books.synonyms import field_likeness, table_named

_CLOCK = re.compile(r"[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)")
_ENOUGH_COLUMNS = 60
"""Percent of a file's columns that must be explained when its name does not say what it is."""

_NEARLY_ALL_COLUMNS = 90
"""The same when its name says it is something else."""


@dataclass(frozen=True)
class ColumnMatch:
    """A source column proposed for a canonical field; confidence in percent, 100 when a person said so."""

    field: str
    column: str
    confidence: int
    by: str
    """`name`, `values`, `mapping file` or the name of a format."""


@dataclass(frozen=True)
class Proposal:
    """What a source is taken for; `table` is None when it is ignored, and `reason` says why."""

    table: str | None
    matches: tuple[ColumnMatch, ...] = ()
    constants: dict[str, str] | None = None
    reason: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Canonical field -> source column."""
        return {match.field: match.column for match in self.matches}


def propose(source: Source, mapping: FileMapping) -> Proposal:
    """Propose table and columns; what the mapping file says goes first.

    Raises MappingFileError when it names a column the source does not have.
    """
    if mapping.ignore:
        return Proposal(None, reason="The mapping file says to ignore it.")
    if source.layout is not None and mapping.table in (None, source.layout.table):
        return _laid_out(source, source.layout, mapping)
    sample = source.sample()
    if not source.headers:
        return Proposal(None, reason="It has no header line with column names.")
    if not any(sample.values()):
        return Proposal(None, reason="It has a header but no rows.")
    _check_columns(source, mapping)
    tables = [CANONICAL[mapping.table]] if mapping.table else list(CANONICAL.values())
    candidates = [_candidate(schema, source, sample, mapping) for schema in tables]
    best = _best(candidates)
    if mapping.table and best.missing:
        raise _unnamed(source, best.schema, best.missing)
    if best.missing or (not best.named and not mapping.table and best.explained < _ENOUGH_COLUMNS):
        return Proposal(None, reason=_unrecognised(best))
    return Proposal(best.schema.name, best.matches, dict(mapping.constants))


def _laid_out(source: Source, layout: Layout, mapping: FileMapping) -> Proposal:
    """What the format says, except where the mapping file says otherwise."""
    _check_columns(source, mapping)
    schema = CANONICAL[layout.table]
    said = [ColumnMatch(name, column, 100, "mapping file") for name, column in mapping.columns.items() if column]
    closed = _closed(schema, mapping)
    known = [
        ColumnMatch(name, column, 100, layout.format) for name, column in layout.columns.items() if name not in closed
    ]
    constants = {name: text for name, text in layout.constants.items() if name not in closed}
    constants |= mapping.constants
    missing = _missing(schema, {match.field for match in (*said, *known)} | set(constants))
    if missing:
        raise _unnamed(source, schema, missing)
    return Proposal(layout.table, (*said, *known), constants)


def _unnamed(source: Source, schema: TableSchema, missing: Sequence[str]) -> MappingFileError:
    return MappingFileError(
        f"{source.name} is to be {schema.name}, and no column of it is {_list(missing)}.",
        f"Name them under `columns:`. It has: {_list(source.headers)}.",
    )


def _closed(schema: TableSchema, mapping: FileMapping) -> set[str]:
    """Fields on which the mapping file leaves nothing to propose."""
    closed = set(mapping.columns) | set(mapping.constants)
    if _AMOUNT_FIELDS & {name for name, column in mapping.columns.items() if column is not None}:
        closed |= _AMOUNT_FIELDS | {schema.amount or ""}
    return closed


def _best(candidates: list["_Candidate"]) -> "_Candidate":
    """The best fit; but a file named after one table is not taken for another one that fits it only in part."""
    best = max(candidates, key=lambda candidate: candidate.score)
    named = next((candidate for candidate in candidates if candidate.named), best)
    return best if best.explained >= _NEARLY_ALL_COLUMNS else named


@dataclass(frozen=True)
class _Candidate:
    schema: TableSchema
    matches: tuple[ColumnMatch, ...]
    missing: tuple[str, ...]
    explained: int
    named: bool

    @property
    def score(self) -> tuple[bool, bool, int, int]:
        confidence = sum(match.confidence for match in self.matches)
        surely = confidence - 40 * len(self.missing)
        return not self.missing, self.named, surely, -len(self.schema.fields)


def _candidate(
    schema: TableSchema, source: Source, sample: Mapping[str, Sequence[str]], mapping: FileMapping
) -> _Candidate:
    said = {field: column for field, column in mapping.columns.items() if column is not None}
    matches = [ColumnMatch(field, column, 100, "mapping file") for field, column in said.items()]
    closed = _closed(schema, mapping)
    fields = [name for name in mappable_fields(schema) if name not in closed]
    matches += _assign(schema, fields, source.headers, sample, set(said.values()))
    matches = _one_way_to_amounts(schema, matches)
    matches += _time_within_date(schema, matches, sample, closed)
    fields_matched = {match.field for match in matches} | set(mapping.constants)
    used = {match.column for match in matches}
    return _Candidate(
        schema=schema,
        matches=tuple(matches),
        missing=_missing(schema, fields_matched),
        explained=100 * len(used) // len(source.headers),
        named=table_named(source.name) == schema.name,
    )


_AMOUNT_FIELDS = {DEBIT, CREDIT}


def _assign(
    schema: TableSchema,
    fields: Sequence[str],
    headers: Sequence[str],
    sample: Mapping[str, Sequence[str]],
    taken: set[str],
) -> list[ColumnMatch]:
    """Give each column to the field it fits best, surest pairs first.

    A column a person gave to another field is only given again to the field whose very name it bears.
    """
    pairs: list[tuple[int, int, int, str, str]] = []
    for position, name in enumerate(fields):
        for place, header in enumerate(headers):
            likeness = field_likeness(name, header)
            if likeness and (likeness == 100 or header not in taken):
                share = share_of_kind(_kind(schema, name), sample[header])
                confidence = likeness if share is None else likeness * (50 + share // 2) // 100
                if share is None or share >= 50:
                    pairs.append((-confidence, position, place, name, header))
    given: list[ColumnMatch] = []
    fields_done: set[str] = set()
    columns_done: set[str] = set()
    for confidence, _, _, name, header in sorted(pairs):
        if name not in fields_done and header not in columns_done:
            given.append(ColumnMatch(name, header, -confidence, "name"))
            fields_done.add(name)
            columns_done.add(header)
    return given


def _kind(schema: TableSchema, name: str) -> Kind:
    field: Field | None = schema.field(name)
    return field.kind if field else Kind.AMOUNT


def _one_way_to_amounts(schema: TableSchema, matches: list[ColumnMatch]) -> list[ColumnMatch]:
    """An amount comes from one column or from a debit and a credit column, not from both."""
    fields = {match.field: match for match in matches}
    pair = {DEBIT, CREDIT} <= set(fields)
    single = fields.get(schema.amount or "")
    if pair and (single is None or fields[DEBIT].confidence >= single.confidence):
        return [match for match in matches if match.field not in (schema.amount, schema.indicator)]
    return [match for match in matches if match.field not in _AMOUNT_FIELDS]


def _time_within_date(
    schema: TableSchema, matches: list[ColumnMatch], sample: Mapping[str, Sequence[str]], closed: set[str]
) -> list[ColumnMatch]:
    """The time of entry, where the date of entry is a timestamp that is not always midnight."""
    entered = next((match for match in matches if match.field == "Entered_Date"), None)
    taken = closed | {match.field for match in matches}
    if entered is None or "Entered_Time" in taken or schema.field("Entered_Time") is None:
        return []
    clocks = [found[1] for value in sample[entered.column] if (found := _CLOCK.search(value))]
    real = [clock for clock in clocks if clock.strip("0:.")]
    return [ColumnMatch("Entered_Time", entered.column, 80, "values")] if len(real) * 2 > len(clocks) > 0 else []


def _missing(schema: TableSchema, matched: set[str]) -> tuple[str, ...]:
    """Required fields nothing stands for. The sign of an amount stands for the indicator."""
    present = set(matched)
    if matched >= _AMOUNT_FIELDS or (schema.amount or "") in matched:
        present |= {schema.amount or "", schema.indicator or ""}
    return tuple(name for name in schema.required if name not in present)


def _check_columns(source: Source, mapping: FileMapping) -> None:
    for field, column in mapping.columns.items():
        if column is not None and column not in source.headers:
            raise MappingFileError(
                f"The mapping file takes {field} from column {column!r}, and {source.name} has none of that name.",
                f"Its columns are: {_list(source.headers)}.",
            )


def _unrecognised(best: _Candidate) -> str:
    nearest = f"No canonical table fits. The nearest is {best.schema.name}"
    if best.missing:
        return f"{nearest}, which needs {_list(best.missing)}."
    return f"{nearest}, which explains only {best.explained} % of the columns."


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:30])
    return shown if len(names) <= 30 else f"{shown} and {len(names) - 30} more"
