"""Bank statements as two tables: the transactions, and the balances they lead from and to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from audit_agent.books.bank_records import Balance, Record, Statement, Transaction, Unread
from audit_agent.books.schema import schema_of
from audit_agent.books.source import BadRow, Layout, Loaded, Source
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_tables import RowWriter, XmlFile, XmlTable
from audit_agent.domain.money import show
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
_TOLD = 5
"""Statements that do not add up and are told one by one."""


@dataclass(frozen=True)
class BankTable(XmlTable):
    """One of the two tables, and the lines that are none of its rows."""

    bad_rows: tuple[BadRow, ...] = ()

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column; blank ones where there are only lines that cannot be read."""
        return super().sample() if self.written.rows else {header: [""] for header in self.headers}

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        return Loaded(super().load(bench, columns).raw, self.bad_rows)


def bank_tables(
    file: XmlFile, format_name: str, rows_are: str, records: Iterable[Record], bench: Workbench
) -> tuple[Source, ...]:
    """The tables of a file of statements; a table without a row or a refused line is left out.

    `rows_are` says in words what `Source_Row` counts.
    """
    transactions, balances = _writer(bench, tuple(_TRANSACTIONS)), _writer(bench, _BALANCES)
    refused: dict[bool, list[BadRow]] = {False: [], True: []}
    check = _Check()
    for record in records:
        match record:
            case Transaction():
                values = {column: _text(getattr(record, name)) for column, name in _TRANSACTIONS.items()}
                transactions.add(record.row, values)
                check.add(record)
            case Statement():
                balances.add(record.row, _balance_row(record))
                check.close(record)
            case Unread():
                refused[record.of_balance].append(BadRow(record.row, record.text[:200], record.reason))
    transactions.close()
    balances.close()
    checked = check.told()
    notes = (rows_are, *check.notes(), *(() if balances.rows else checked))
    made = (
        _table(file, format_name, "Bank_Statement", transactions, notes, refused[False]),
        _table(file, format_name, "Bank_Statement_Balances", balances, (rows_are, *checked), refused[True]),
    )
    return tuple(table for table in made if table.written.rows or table.bad_rows)


def _writer(bench: Workbench, columns: Sequence[str]) -> RowWriter:
    return RowWriter(bench.folder / bench.fresh_name("bank"), columns)


def _table(
    file: XmlFile, format_name: str, name: str, written: RowWriter, notes: tuple[str, ...], refused: list[BadRow]
) -> BankTable:
    """Columns nothing is in are left out, so that nobody is asked how they are written."""
    needed = {*schema_of(name).required, *written.filled}
    layout = Layout(format_name, name, {column: column for column in written.headers if column in needed})
    return BankTable(file, layout, written, notes, tuple(refused))


def _balance_row(found: Statement) -> dict[str, str]:
    opening, closing = found.opening, found.closing
    return {
        "Bank_Account": found.account,
        "Statement_ID": found.id,
        "Statement_Number": found.number,
        "Opening_Date": opening.day if opening else "",
        "Opening_Balance": _amount_of(opening),
        "Closing_Date": closing.day if closing else "",
        "Closing_Balance": _amount_of(closing),
        "Available_Balance": _amount_of(found.available),
        "Amount_Currency": found.currency,
    }


def _amount_of(balance: Balance | None) -> str:
    return _text(balance.amount) if balance else ""


def _text(value: object) -> str:
    """Text as it is, an amount with the four decimals of the canonical type where it has no more."""
    if not isinstance(value, Decimal):
        return str(value)
    return f"{value:f}" if int(value.as_tuple().exponent) < -4 else f"{value:.4f}"


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
