"""What bank statements consist of, whatever their format."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Balance(NamedTuple):
    """What an account held at the end of a day; negative where the bank is owed."""

    day: str
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Transaction:
    """One transaction as the bank booked it. Dates are ISO, or as written where they are none."""

    row: int
    account: str
    statement: str
    id: str
    booked: str
    value: str
    amount: Decimal
    """Positive where money came in."""
    currency: str
    code: str
    description: str
    counterparty: str
    counterparty_account: str
    reference: str
    note: str = ""
    """What a person should know of how it is read."""


@dataclass(frozen=True)
class Statement:
    """The end of a statement, after its transactions."""

    row: int
    account: str
    id: str
    number: str
    currency: str
    opening: Balance | None
    closing: Balance | None
    available: Balance | None


@dataclass(frozen=True)
class Unread:
    """What stands in a statement and cannot be taken in."""

    row: int
    text: str
    reason: str
    of_balance: bool = False


Record = Transaction | Statement | Unread
