"""Journals while they are being written, before they have numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from itertools import count
from typing import NamedTuple

from audit_agent.sample.people import User


class Source(NamedTuple):
    """Where journals come from; each source has its own number range."""

    name: str
    prefix: str


SALES = Source("Sales", "SI")
RECEIPTS = Source("Cash receipts", "CR")
GOODS = Source("Goods receipts", "GR")
PURCHASES = Source("Purchase invoices", "PI")
PAYMENTS = Source("Payments", "PY")
INVENTORY = Source("Inventory", "IN")
PAYROLL = Source("Payroll", "PR")
FIXED_ASSETS = Source("Fixed assets", "FA")
EXPENSES = Source("Travel expenses", "TE")
BANK = Source("Bank", "BK")
MANUAL = Source("Manual", "MJ")


class Visible(Enum):
    """Where a journal can be seen: in the ledger, in the system's own log, in both or in neither."""

    BOTH = "both"
    LEDGER_ONLY = "ledger only"
    LOG_ONLY = "log only"
    NEITHER = "neither"


class Line(NamedTuple):
    """One line of a journal; cents are signed, debit positive."""

    account: str
    cents: int
    text: str = ""


@dataclass(eq=False, slots=True)
class Journal:
    """One journal. `logged` differs from the lines' total only where the ledger was changed afterwards."""

    source: Source
    effective: date
    document: date
    entered: date
    at: time
    by: User
    text: str
    lines: list[Line]
    approved_by: User | None = None
    reverses: "Journal | None" = None
    visible: Visible = Visible.BOTH
    takes_number_of: "Journal | None" = None
    logged: int | None = None
    id: str = ""

    @property
    def debits(self) -> int:
        """The sum of the debit lines, in cents."""
        return sum(line.cents for line in self.lines if line.cents > 0)

    @property
    def credits(self) -> int:
        """The sum of the credit lines, in cents, as a positive number."""
        return -sum(line.cents for line in self.lines if line.cents < 0)


@dataclass
class Ledger:
    """All journals of the year, in the order they were written down here."""

    journals: list[Journal] = field(default_factory=list)

    def post(
        self,
        source: Source,
        effective: date,
        text: str,
        lines: Iterable[Line],
        by: User,
        at: time,
        *,
        entered: date | None = None,
        document: date | None = None,
        approved_by: User | None = None,
        reverses: Journal | None = None,
    ) -> Journal:
        """Add a balanced journal, entered on its effective date unless said otherwise.

        Raises ValueError when debits and credits differ, so that clean books balance by construction.
        """
        kept = [line for line in lines if line.cents]
        if sum(line.cents for line in kept):
            raise ValueError(f"The journal {text!r} of {effective} does not balance.")
        journal = Journal(
            source, effective, document or effective, entered or effective, at, by, text, kept, approved_by, reverses
        )
        self.journals.append(journal)
        return journal

    def number(self) -> None:
        """Number the journals of each source in the order they were entered, without gaps."""
        self.journals.sort(key=lambda journal: (journal.entered, journal.at))
        counters = {journal.source: count(1) for journal in self.journals}
        for journal in self.journals:
            if journal.takes_number_of is None:
                journal.id = f"{journal.source.prefix}-{next(counters[journal.source]):06d}"
        for journal in self.journals:
            if journal.takes_number_of is not None:
                journal.id = journal.takes_number_of.id
