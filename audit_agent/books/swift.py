"""The swift way: a clean text file goes to Parquet in one pass, without being loaded first.

How its columns are read is decided on its first rows. Every row of the pass is then held against the decisions;
as soon as one row does not bear them out the pass is given up, and the whole file is loaded and looked at.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from audit_agent.books.conversion import Conversion, plan_conversion
from audit_agent.books.mapping import FileMapping
from audit_agent.books.parquet_writer import write_parquet
from audit_agent.books.proposal import Proposal
from audit_agent.books.schema import TableSchema
from audit_agent.books.source import RawTable, Source
from audit_agent.books.workbench import Workbench, identifier
from audit_agent.domain.books import ControlTotals

_HEAD_ROWS = 20_000


class _NotBorneOut(Exception):
    """A row contradicts what the first rows led to."""


def convert_swiftly(
    bench: Workbench, source: Source, schema: TableSchema, proposal: Proposal, mapping: FileMapping, part: Path
) -> tuple[Conversion, ControlTotals] | None:
    """Write all rows to `part`; None when the file has to be looked at as a whole.

    The totals are those of the source: summed over the rows as they were read, not over what was written.
    """
    direct = source.direct(list(proposal.columns.values()))
    if direct is None:
        return None
    try:
        plan = _plan_on_head(bench, source, schema, proposal, mapping, direct)
        if not plan.proven_by:
            return None
        return plan, _pass(bench, source, schema, plan, direct, part)
    except (_NotBorneOut, duckdb.InvalidInputException):
        part.unlink(missing_ok=True)
        return None


def _plan_on_head(
    bench: Workbench,
    source: Source,
    schema: TableSchema,
    proposal: Proposal,
    mapping: FileMapping,
    direct: RawTable,
) -> Conversion:
    name = bench.fresh_name("head")
    columns = ", ".join(direct.columns.values())
    bench.run(f"CREATE TABLE {name} AS SELECT {columns} FROM {direct.name} LIMIT {_HEAD_ROWS}")
    head = RawTable(name, direct.columns, "NULL", _HEAD_ROWS)
    plan = plan_conversion(bench, head, schema, proposal, mapping, source.comma_hint)
    bench.run(f"DROP TABLE {name}")
    return plan


def _pass(
    bench: Workbench, source: Source, schema: TableSchema, plan: Conversion, direct: RawTable, part: Path
) -> ControlTotals:
    columns = [
        f"CAST({plan.outputs.get(field.name, 'NULL')} AS {field.sql_type}) AS {identifier(field.name)}"
        for field in schema.fields
    ]
    tally = _Tally(schema, source)
    query = f"SELECT {', '.join(columns)}, {plan.proven_by} AS proven FROM {direct.name}"
    write_parquet(bench, query, part, tally.finish)
    if tally.rows != direct.rows:
        raise _NotBorneOut
    return tally.totals()


class _Tally:
    """Checks each row group, adds where its rows come from, and sums it up."""

    def __init__(self, schema: TableSchema, source: Source) -> None:
        self._schema = schema
        self._source = source
        self._sides: dict[str, list[pa.Scalar]] = {"D": [], "C": []}
        self.rows = 0

    def finish(self, group: pa.Table) -> pa.Table:
        """The row group with its source columns; raises _NotBorneOut for a row that disagrees."""
        if not pc.all(group.column("proven"), min_count=0).as_py():
            raise _NotBorneOut
        count = group.num_rows
        origin: Sequence[tuple[str, pa.Array]] = (
            ("Source_File_SHA256", pa.repeat(pa.scalar(str(self._source.sha256)), count)),
            ("Source_File", pa.repeat(pa.scalar(self._source.name), count)),
            # The header is row 1.
            ("Source_Row", pa.array(range(self.rows + 2, self.rows + 2 + count), pa.int64())),
        )
        self._add(group)
        finished = group.drop_columns(["proven"])
        for name, values in origin:
            finished = finished.append_column(name, values)
        return finished

    def _add(self, group: pa.Table) -> None:
        self.rows += group.num_rows
        if self._schema.amount is None:
            return
        amounts = group.column(self._schema.amount)
        if self._schema.indicator is None:
            zero = pa.scalar(0, amounts.type)
            sides = {"D": pc.greater(amounts, zero), "C": pc.less(amounts, zero)}
        else:
            written = group.column(self._schema.indicator)
            sides = {side: pc.equal(written, side) for side in self._sides}
        for side, chosen in sides.items():
            self._sides[side].append(pc.sum(pc.filter(amounts, chosen)))

    def totals(self) -> ControlTotals:
        """Rows, debits and credits of everything finished so far."""
        if self._schema.amount is None:
            return ControlTotals(rows=self.rows)
        sums = {
            side: sum((part.as_py() or 0 for part in parts), start=Decimal("0.0000"))
            for side, parts in self._sides.items()
        }
        credits = sums["C"] if self._schema.indicator else -sums["C"]
        return ControlTotals(rows=self.rows, debits=sums["D"], credits=credits)
