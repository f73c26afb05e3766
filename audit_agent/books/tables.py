"""Reading books: canonical tables as Ibis expressions, cut to the audit's period."""

import glob
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from audit_agent.books.memory import typed_rows
from audit_agent.books.schema import schema_of
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.period import Period
from audit_agent.domain.record import Digest, digest_of
from audit_agent.domain.workpaper import TableRead


class TableMissingError(NotFoundError):
    """The books do not carry that table."""


class Tables(Protocol):
    """Books as a procedure sees them."""

    @property
    def period(self) -> Period | None:
        """The audit's period; None where the books are not cut."""
        ...

    def has(self, name: str) -> bool:
        """Whether the books carry that table."""
        ...

    def table(self, name: str) -> ibis.Table:
        """The table, cut to the audit's period where it has a period column; raises TableMissingError."""
        ...

    def whole(self, name: str) -> ibis.Table:
        """The table with every row of the books, whatever the period; raises TableMissingError."""
        ...

    def reads(self, names: Sequence[str]) -> tuple[TableRead, ...]:
        """Digest and row count, within the period, of each of these tables that the books carry."""
        ...

    def empty_columns(self, name: str) -> frozenset[str]:
        """Columns without a single value within the period."""
        ...

    def run(self, sql: str, schema: ibis.Schema) -> pa.Table:
        """What a query in the engine's own SQL yields, in the types of the expression it was made from."""
        ...

    def computed(self, name: str, rows: pa.Table) -> ibis.Table:
        """Rows that a procedure computed outside the engine, as a table of that name beside the books'."""
        ...


class _DuckTables:
    """What both kinds of tables share: one private in-memory DuckDB, and the period."""

    def __init__(self, period: Period | None) -> None:
        self._connection: Backend = ibis.duckdb.connect()
        self._connection.con.execute("SET enable_progress_bar = false")
        self._period = period
        self._digests: dict[str, Digest] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._tables: dict[str, ibis.Table] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; expressions made from it cannot run any more."""
        self._connection.disconnect()

    @property
    def period(self) -> Period | None:
        """The audit's period; None where the books are not cut."""
        return self._period

    def has(self, name: str) -> bool:
        """Whether the books carry that table."""
        return name in self._digests

    def whole(self, name: str) -> ibis.Table:
        """The table with every row of the books, whatever the period; raises TableMissingError."""
        if not self.has(name):
            raise TableMissingError(
                f"The books carry no table {name}.", f"They carry: {', '.join(self._digests) or 'none'}."
            )
        # Asking DuckDB for a schema takes longer than most queries do.
        if name not in self._tables:
            self._tables[name] = self._open(name)
        return self._tables[name]

    def table(self, name: str) -> ibis.Table:
        """The table, cut to the audit's period where it has a period column; raises TableMissingError."""
        table = self.whole(name)
        column = schema_of(name).period_column
        if self._period is None or column is None:
            return table
        return table.filter(table[column].between(self._period.start, self._period.end))

    def reads(self, names: Sequence[str]) -> tuple[TableRead, ...]:
        """Digest and row count, within the period, of each of these tables that the books carry."""
        return tuple(
            TableRead(table=name, digest=self._digests[name], rows=self._count(name)["*"])
            for name in names
            if self.has(name)
        )

    def empty_columns(self, name: str) -> frozenset[str]:
        """Columns without a single value within the period."""
        counts = self._count(name)
        return frozenset(column for column, count in counts.items() if column != "*" and count == 0)

    def run(self, sql: str, schema: ibis.Schema) -> pa.Table:
        """What a query in DuckDB's SQL yields, in the types of the expression it was made from."""
        return self._connection.con.sql(sql).to_arrow_table().cast(schema.to_pyarrow())

    def computed(self, name: str, rows: pa.Table) -> ibis.Table:
        """Rows that a procedure computed outside the engine, as a table of that name beside the books'."""
        self._connection.create_table(name, rows, overwrite=True)
        # What create_table returns names its database in the SQL, which nobody else has who performs the query again.
        return self._connection.table(name)

    def _open(self, name: str) -> ibis.Table:
        return self._connection.table(name)

    def _count(self, name: str) -> dict[str, int]:
        """Rows (under `*`) and values per column; counted once per table."""
        if name not in self._counts:
            table = self.table(name)
            measures = [table.count().name("*"), *(table[column].count().name(column) for column in table.columns)]
            row = table.aggregate(measures).to_pyarrow().to_pylist()[0]
            self._counts[name] = {column: int(count) for column, count in row.items()}
        return self._counts[name]


class FrozenTables(_DuckTables):
    """Tables over the Parquet blobs of frozen books, each opened when it is first asked for."""

    def __init__(self, manifest: BooksManifest, evidence: Evidence, period: Period | None = None) -> None:
        super().__init__(period)
        self._evidence = evidence
        self._digests = {frozen.name: frozen.digest for frozen in manifest.tables}

    def _open(self, name: str) -> ibis.Table:
        path = glob.escape(str(self._evidence.path(self._digests[name])))
        return self._connection.read_parquet(path, table_name=name)


class MemoryTables(_DuckTables):
    """Canonical tables made of Python rows, for tests and small examples.

    Missing columns are NULL; text is accepted for dates, times and decimals. A row says where it comes from,
    or is said to be from `memory.csv`, the first one in row 2. Raises ValueError for a column that is not canonical.
    """

    def __init__(self, rows: Mapping[str, Sequence[Mapping[str, Any]]], period: Period | None = None) -> None:
        super().__init__(period)
        for name, items in rows.items():
            arrow = typed_rows(schema_of(name), items)
            self._connection.create_table(name, arrow)
            self._digests[name] = digest_of([{key: str(row[key]) for key in row} for row in arrow.to_pylist()])
