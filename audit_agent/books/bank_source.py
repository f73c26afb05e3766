"""Bank statements as two tables: the transactions, and the balances they lead from and to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.bank_records import Balance, Record, Statement, Transaction, Unread
from audit_agent.books.source import BadRow, Layout, Loaded, RawTable, Source, internal_columns
from audit_agent.books.workbench import Workbench, file_literal
from audit_agent.domain.money import show
from audit_agent.domain.record import Digest
from audit_agent.domain.wording import counted

_TRANSACTIONS = {
    "Bank_Account": "account",
    "Statement_ID": "statement",
    "Transaction_ID": "id",
    "Booking_Date": "booked",
    "Value_Date": "value",
    "Amount": "amount",
    "Amount_Currency": "currency",
    "Transaction_Code": "code",
    "Description": "description",
    "Counterparty": "counterparty",
    "Counterparty_Account": "counterparty_account",
    "Reference": "reference",
}
_BALANCES = (
    "Bank_Account",
    "Statement_ID",
    "Statement_Number",
    "Opening_Date",
    "Opening_Balance",
    "Closing_Date",
    "Closing_Balance",
    "Available_Balance",
    "Amount_Currency",
)
_BATCH = 20_000
_SAMPLE = 300
_TOLD = 5
"""Statements that do not add up and are told one by one."""


@dataclass(frozen=True)
class BankSource:
    """One of the two tables of a file of statements, read already."""

    name: str
    sha256: Digest
    size: int
    layout: Layout
    table: str
    rows: int
    samples: tuple[tuple[str, ...], ...]
    bad_rows: tuple[BadRow, ...]
    told: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """The canonical fields: the format has no column names of its own."""
        return tuple(self.layout.columns)

    @property
    def comma_hint(self) -> bool:
        """Amounts are written with a point, however the file writes them."""
        return False

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column; blank ones where there are only lines that cannot be read."""
        rows = self.samples or (tuple("" for _ in self.headers),)
        return {header: [row[place] for row in rows] for place, header in enumerate(self.headers)}

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """None: it is made of the whole file."""
        return None

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """The table is there already."""
        names = dict(zip(self.headers, internal_columns(self.headers), strict=True))
        raw = RawTable(self.table, {header: names[header] for header in columns}, '"row"', self.rows)
        return Loaded(raw, self.bad_rows)

    def notes(self) -> tuple[str, ...]:
        """How rows are counted, and whether the statements add up."""
        return self.told


@dataclass(frozen=True)
class BankFile:
    """A file of statements, and how people know it and its format."""

    name: str
    sha256: Digest
    size: int
    format: str
    rows_are: str
    """What `Source_Row` counts."""


def bank_sources(file: BankFile, records: Iterable[Record], bench: Workbench) -> tuple[Source, ...]:
    """The tables of a file of statements; a table without a row or a refused line is left out."""
    transactions, balances = _Table(bench, _TRANSACTIONS), _Table(bench, _BALANCES)
    check = _Check()
    with transactions, balances:
        for record in records:
            match record:
                case Transaction():
                    transactions.add(record.row, [_text(getattr(record, name)) for name in _TRANSACTIONS.values()])
                    check.add(record)
                case Statement():
                    balances.add(record.row, _balance_row(record))
                    check.close(record)
                case Unread(of_balance=of_balance):
                    (balances if of_balance else transactions).refuse(record)
    checked = check.told()
    made = (
        _source(file, transactions, "Bank_Statement", (*check.notes(), *(() if balances.rows else checked))),
        _source(file, balances, "Bank_Statement_Balances", checked),
    )
    return tuple(source for source in made if source.rows or source.bad_rows)


def _source(file: BankFile, table: "_Table", name: str, notes: tuple[str, ...]) -> BankSource:
    columns = {column: column for column in table.columns}
    return BankSource(
        name=f"{file.name}#{name}",
        sha256=file.sha256,
        size=file.size,
        layout=Layout(file.format, name, columns),
        table=table.name,
        rows=table.rows,
        samples=tuple(table.samples),
        bad_rows=tuple(table.bad_rows),
        told=(file.rows_are, *notes),
    )


def _balance_row(found: Statement) -> list[str]:
    opening, closing, available = found.opening, found.closing, found.available
    return [
        found.account,
        found.id,
        found.number,
        opening.day if opening else "",
        _amount_of(opening),
        closing.day if closing else "",
        _amount_of(closing),
        _amount_of(available),
        found.currency,
    ]


def _amount_of(balance: Balance | None) -> str:
    return _text(balance.amount) if balance else ""


def _text(value: object) -> str:
    """Text as it is, an amount with the four decimals of the canonical type where it has no more."""
    if not isinstance(value, Decimal):
        return str(value)
    return f"{value:f}" if int(value.as_tuple().exponent) < -4 else f"{value:.4f}"


class _Table:
    """Rows on their way to the engine, a batch at a time through a file, so that memory does not grow with them."""

    def __init__(self, bench: Workbench, columns: Iterable[str]) -> None:
        self.columns = tuple(columns)
        self.name = bench.fresh_name("raw")
        self.rows = 0
        self.samples: list[tuple[str, ...]] = []
        self.bad_rows: list[BadRow] = []
        self._bench = bench
        self._path: Path = bench.folder / f"{self.name}.parquet"
        self._batch: list[tuple[int, list[str]]] = []
        self._schema = pa.schema(
            [("row", pa.int64()), *((name, pa.string()) for name in internal_columns(self.columns))]
        )

    def __enter__(self) -> None:
        self._writer = pq.ParquetWriter(self._path, self._schema)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
        if kind is None:
            self._bench.run(f"CREATE TABLE {self.name} AS SELECT * FROM read_parquet({file_literal(self._path)})")
        self._path.unlink()

    def add(self, row: int, cells: list[str]) -> None:
        """One more row."""
        if len(self.samples) < _SAMPLE:
            self.samples.append(tuple(cells))
        self._batch.append((row, cells))
        self.rows += 1
        if len(self._batch) >= _BATCH:
            self._flush()

    def refuse(self, unread: Unread) -> None:
        """One more line that goes to the rejects."""
        self.bad_rows.append(BadRow(unread.row, unread.text[:200], unread.reason))

    def _flush(self) -> None:
        columns = [[row for row, _ in self._batch], *zip(*(cells for _, cells in self._batch), strict=True)]
        if self._batch:
            arrays = [
                pa.array([value or None for value in values], field.type)
                for values, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._batch = []


@dataclass
class _Check:
    """Whether opening balance plus transactions is the closing balance, statement by statement."""

    moved: Decimal = Decimal(0)
    statements: int = 0
    incomplete: int = 0
    wrong: int = 0
    sentences: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    running: tuple[str, str] | None = None
    """Account and statement of the transactions since the last statement's end."""

    def add(self, record: Transaction) -> None:
        """A transaction of the statement that is open."""
        if self.running != (record.account, record.statement):
            self._leave()
            self.running = record.account, record.statement
        self.moved += record.amount
        if record.note:
            self.said[record.note] += 1

    def close(self, record: Statement) -> None:
        """Hold what moved against the balances."""
        if self.running != (record.account, record.id):
            self._leave()
        moved = self.moved
        self.moved, self.running = Decimal(0), None
        self.statements += 1
        if record.opening is None or record.closing is None:
            self.incomplete += 1
            return
        gap = record.closing.amount - record.opening.amount - moved
        if gap:
            self.wrong += 1
            if len(self.sentences) < _TOLD:
                self.sentences.append(
                    f"Statement {record.id}: {show(record.opening.amount)} and transactions of {show(moved)} make "
                    f"{show(record.opening.amount + moved)}, and it closes at {show(record.closing.amount)}: a "
                    f"difference of {show(gap, record.currency)}."
                )

    def _leave(self) -> None:
        """Transactions that no balances followed."""
        if self.running is not None:
            self.statements += 1
            self.incomplete += 1
        self.moved, self.running = Decimal(0), None

    def notes(self) -> tuple[str, ...]:
        """What is to be known of single transactions."""
        return tuple(f"{note} Rows: {count:,}." for note, count in self.said.items())

    def told(self) -> tuple[str, ...]:
        """The outcome in words."""
        self._leave()
        checked = self.statements - self.incomplete
        if not checked:
            return ("No statement has both an opening and a closing balance, so nothing shows whether it is complete.",)
        right = f"{checked - self.wrong:,} of {counted(checked, 'statement')}"
        told = [f"Opening balance and transactions make the closing balance in {right}."]
        if self.incomplete:
            told.append(f"Statements without an opening or a closing balance: {self.incomplete:,}.")
        more = self.wrong - len(self.sentences)
        return (*told, *self.sentences, *([f"And {more:,} more that do not add up."] if more else []))
