"""Stream a procedure's exceptions: all of them into evidence, the highest into the workpaper, sums on the way."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import StepId
from audit_agent.domain.record import Digest
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import ExceptionItem, SourceRow
from audit_agent.procedures.flagging import SOURCE
from audit_agent.procedures.procedure import Row

TOP = 50
"""Exceptions a workpaper shows, and source rows an exception names."""

_BATCH_ROWS = 20_000


class Explains(Protocol):
    """Whoever flagged the rows: says why, from an exception's first row, and which of its columns are facts."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Columns that go into `ExceptionItem.facts`."""
        ...

    @property
    def reason(self) -> Callable[[Row, Any], str]:
        """The reason in words, from the first row and the parameters."""
        ...


@dataclass
class Outcome:
    """What came out: counts, the exposure, the blob, and the highest exceptions."""

    blob: Digest
    count: int = 0
    lines: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    top: tuple[ExceptionItem, ...] = ()
    currency: str = ""

    @property
    def amount(self) -> Decimal | None:
        """Sum of the exceptions' amounts in `currency`; None where none has an amount."""
        return self.amounts.get(self.currency)

    @property
    def other_currencies(self) -> dict[str, str]:
        """A statistic on amounts left out of the sum because they are in another currency."""
        others = [code for code in sorted(self.amounts) if code != self.currency]
        if not others:
            return {}
        texts = [f"{self.amounts[code]:,f} {code} in {counted(self.items[code], 'exception')}" for code in others]
        return {"Amounts in other currencies, not in the exposure": "; ".join(texts)}


def collect(
    result: pa.Table,
    procedure: Explains,
    parameters: Any,
    step: StepId,
    evidence: Evidence,
    currency: str,
    letter: str = "E",
) -> Outcome:
    """Go through the rows in their order; only a batch at a time becomes Python values.

    Every row is stored, with `exception_ref` (like `S03-E00012`, with `letter`) and `exception_reason` beside it.
    """
    tally = _Tally(procedure, parameters, f"{step}-{letter}")
    handle, name = tempfile.mkstemp(dir=evidence.workspace(), suffix=".parquet")
    os.close(handle)
    temporary = Path(name)
    try:
        with pq.ParquetWriter(temporary, _stored_schema(result.schema), compression="zstd") as writer:
            for start in range(0, result.num_rows, _BATCH_ROWS):
                writer.write_table(tally.explain(result.slice(start, _BATCH_ROWS)))
        outcome = tally.outcome(evidence.put_file(temporary))
    finally:
        temporary.unlink(missing_ok=True)
    outcome.currency = next(iter(outcome.amounts)) if len(outcome.amounts) == 1 else currency
    return outcome


class _Tally:
    """Walks the ordered rows; an exception may run on from one batch into the next."""

    def __init__(self, procedure: Explains, parameters: Any, prefix: str) -> None:
        self._procedure = procedure
        self._parameters = parameters
        self._prefix = prefix
        self._number = 0
        self._ref = ""
        self._reason = ""
        self._outcome = Outcome(Digest(""))
        self._first: list[Row] = []
        self._sources: list[list[SourceRow]] = []

    def explain(self, batch: pa.Table) -> pa.Table:
        """The batch with reference and reason of each row's exception. Only first rows become Python values."""
        runs = pc.run_end_encode(batch["exception_number"].combine_chunks())
        ends = runs.run_ends.to_pylist()
        starts = [0, *ends[:-1]]
        firsts = batch.take(starts).drop_columns([*SOURCE, "exception_part"]).to_pylist()
        refs: list[str] = []
        reasons: list[str] = []
        for start, end, first in zip(starts, ends, firsts, strict=True):
            if first["exception_number"] != self._number:
                self._begin(first)
            if self._number <= TOP:
                self._name_sources(batch.slice(start, end - start))
            refs += [self._ref] * (end - start)
            reasons += [self._reason] * (end - start)
        self._outcome.lines += batch.num_rows
        stored = batch.add_column(0, "exception_ref", pa.array(refs, pa.string()))
        return stored.add_column(3, "exception_reason", pa.array(reasons, pa.string()))

    def outcome(self, blob: Digest) -> Outcome:
        """Everything counted so far."""
        self._outcome.blob = blob
        self._outcome.count = self._number
        pairs = zip(self._first, self._sources, strict=True)
        self._outcome.top = tuple(self._item(number, row, found) for number, (row, found) in enumerate(pairs, start=1))
        return self._outcome

    def _begin(self, row: Row) -> None:
        self._number = row["exception_number"]
        self._ref = f"{self._prefix}{self._number:05d}"
        self._reason = self._procedure.reason(row, self._parameters)
        if (amount := row["exception_amount"]) is not None:
            code = row["exception_currency"]
            self._outcome.amounts[code] = self._outcome.amounts.get(code, Decimal(0)) + amount
            self._outcome.items[code] = self._outcome.items.get(code, 0) + 1
        if self._number <= TOP:
            self._first.append(row)
            self._sources.append([])

    def _name_sources(self, rows: pa.Table) -> None:
        sources = self._sources[self._number - 1]
        sources += map(_source, rows.select(list(SOURCE)).slice(0, TOP - len(sources)).to_pylist())

    def _item(self, number: int, row: Row, sources: list[SourceRow]) -> ExceptionItem:
        facts = {name: _text(row[name]) for name in self._procedure.facts if row.get(name) is not None}
        return ExceptionItem(
            ref=f"{self._prefix}{number:05d}",
            key=row["exception_key"],
            reason=self._procedure.reason(row, self._parameters),
            score=row["exception_score"],
            amount=row["exception_amount"],
            currency=row["exception_currency"] or "",
            day=row["exception_day"],
            facts=facts,
            sources=tuple(sources),
            source_count=row["exception_rows"],
        )


def _source(row: Row) -> SourceRow:
    return SourceRow(
        table=row["Source_Table"], file=row["Source_File"], sha256=row["Source_File_SHA256"], row=row["Source_Row"]
    )


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _stored_schema(schema: pa.Schema) -> pa.Schema:
    schema = schema.insert(0, pa.field("exception_ref", pa.string()))
    return schema.insert(3, pa.field("exception_reason", pa.string()))
