"""MT940 (and MT942) messages as transactions and statements, read field by field."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audit_agent.books.bank_records import Balance, Record, Statement, Transaction, Unread
from audit_agent.books.mt940_details import Details, read_details, unwrapped
from audit_agent.books.mt940_fields import StatementLine, TagField, fields, read_balance, read_line

FORMAT = "MT940"
_BEGINS = re.compile(r"^\s*(?:\{[^\n]*)?:20:", re.MULTILINE)
_GOES_ON = re.compile(r"^:(?:25P?|28C?|60[FM]):", re.MULTILINE)
_NO_REFERENCE = ("", "NONREF", "NOTPROVIDED")
_CLAMPED = "The value date is 29 or 30 February of a year without; it is read as the last day of the month."


def looks_like_mt940(text: str) -> bool:
    """Whether the beginning of a text has a reference, and an account, a number or a balance."""
    return bool(_BEGINS.search(text)) and bool(_GOES_ON.search(text))


def read_mt940(lines: Iterable[str]) -> Iterator[Record]:
    """Transactions as they come, each statement after its last one."""
    reader = _Reader()
    for field in fields(lines):
        yield from reader.take(field)
    yield from reader.finish()


@dataclass
class _Open:
    """The statement that is being read."""

    line: int = 0
    reference: str = ""
    account: str = ""
    number: str = ""
    currency: str = ""
    id: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    available: Balance | None = None
    transactions: int = 0


class _Reader:
    def __init__(self) -> None:
        self._open = _Open()
        self._pending: tuple[int, StatementLine] | None = None
        self._details: list[str] = []
        self._named: Counter[tuple[str, str]] = Counter()

    def take(self, field: TagField) -> Iterator[Record]:
        """What is complete with this field."""
        if field.tag in ("86", "NS") and self._pending:
            self._details.append(field.text)
            return
        yield from self._transaction()
        if field.tag in ("", "20"):
            yield from self._statement()
        if field.tag:
            self._open.line = self._open.line or field.line
        match field.tag[:2]:
            case "20":
                self._open.reference = field.text.strip()
            case "25":
                self._open.account = self._open.account or " ".join(field.text.split())
            case "28":
                self._open.number = field.text.strip()
            case "34":
                self._open.currency = self._open.currency or field.text[:3]
            case "60" | "62" | "64":
                yield from self._balance(field)
            case "61":
                yield from self._line(field)

    def finish(self) -> Iterator[Record]:
        """What is complete with the end of the file."""
        yield from self._transaction()
        yield from self._statement()

    def _balance(self, field: TagField) -> Iterator[Record]:
        balance = read_balance(field.text)
        if balance is None:
            yield Unread(field.line, field.text, f"is no balance as field {field.tag} has it", of_balance=True)
            return
        if field.tag.startswith("60"):
            if self._open.opening or self._open.closing:
                account = self._open.account
                yield from self._statement()
                self._open.account, self._open.line = account, field.line
            self._open.opening = balance
        elif field.tag.startswith("62"):
            self._open.closing = balance
        else:
            self._open.available = balance
        self._open.currency = balance.currency or self._open.currency

    def _line(self, field: TagField) -> Iterator[Record]:
        line = read_line(field.text)
        if line is None:
            yield Unread(field.line, field.text, "is no transaction as field 61 has it")
        else:
            self._pending, self._details = (field.line, line), []

    def _transaction(self) -> Iterator[Record]:
        if self._pending is None:
            return
        row, line = self._pending
        self._pending = None
        self._open.transactions += 1
        told = _told(self._details)
        own = line.reference if line.reference not in _NO_REFERENCE else ""
        yield Transaction(
            row=row,
            account=self._open.account,
            statement=self._id(),
            id=f"{self._id()}#{self._open.transactions}",
            booked=line.booked or line.value,
            value=line.value,
            amount=line.amount,
            currency=self._open.currency,
            code=(line.code or "").strip(),
            description=told.description or unwrapped(line.supplementary),
            counterparty=told.name,
            counterparty_account=told.account,
            reference=own or told.end_to_end or line.bank_reference,
            note=_CLAMPED if line.clamped else "",
        )

    def _id(self) -> str:
        """A name no other statement of the account has: numbers begin anew each year, and may all be 0."""
        if not self._open.id:
            called = self._open.number or self._open.reference or f"line {self._open.line}"
            called += f" of {self._open.opening.day}" if self._open.opening else ""
            self._named[self._open.account, called] += 1
            times = self._named[self._open.account, called]
            self._open.id = called if times == 1 else f"{called} ({times})"
        return self._open.id

    def _statement(self) -> Iterator[Record]:
        found = self._open
        if found.opening or found.closing:
            yield Statement(
                row=found.line,
                account=found.account,
                id=self._id(),
                number=found.number,
                currency=found.currency,
                opening=found.opening,
                closing=found.closing,
                available=found.available,
            )
        self._open = _Open()


def _told(details: list[str]) -> Details:
    """One field of details, or several as one bank's old format writes a line each."""
    return read_details(details[0]) if len(details) == 1 else read_details("\n".join(details)) if details else Details()
