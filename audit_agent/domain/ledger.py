"""The port to the spend ledger: one row per distinct model call, so that no call is paid twice."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from audit_agent.domain.record import Digest, Record
from audit_agent.domain.spend import SpendSummary, Tokens


class CallRequest(Record):
    """A wish to have a call's answer: which call, for whom, and what it may cost."""

    key: Digest
    model: str
    prompt: str
    output: str
    audit: str
    purpose: str
    """The step or task it is for, such as `plan/1`."""
    estimate: Decimal | None
    """US dollars at most; None when the model's price is not known."""
    lease: float
    """Seconds until a reservation that nobody renews counts as abandoned."""


class StoredAnswer(Record):
    """What the model answered, as it was delivered, and what it cost."""

    text: str
    stop_reason: str
    stop_detail: str = ""
    model: str
    tokens: Tokens
    cost: Decimal | None
    request_id: str


class Reserved(Record):
    """The call is ours to make."""

    reservation: str


class Underway(Record):
    """Somebody else is making this call."""

    in_batch: bool = False
    """Whether it waits in a batch, for minutes or hours."""


class Finished(Record):
    """The call was made before; here is its answer."""

    answer: StoredAnswer


class OverBudget(Record):
    """The audit's budget does not allow the call: it was not reserved. Amounts are US dollars."""

    limit: Decimal
    taken: Decimal
    """What calls have cost, may have cost, and will cost at most where they are under way."""
    estimate: Decimal | None
    in_flight: bool
    """Whether calls are under way that may leave room, since they seldom cost what was reserved for them."""


Claim = Reserved | Underway | Finished | OverBudget


class Settlement(Record):
    """A delivered answer to be stored, and the reservation under which it was asked for."""

    key: Digest
    reservation: str
    answer: StoredAnswer


class Ledger(Protocol):
    """Reserve, call, settle. Every method is durable when it returns, and blocks while it works."""

    def find_all(self, requests: Sequence[CallRequest]) -> list[StoredAnswer | None]:
        """Answers to different calls, where this very use of them is recorded already: changes nothing."""
        ...

    def claim(self, request: CallRequest) -> Claim:
        """Record the use, and reserve the call unless it is finished, somebody makes it now, or it is too dear."""
        ...

    def claim_all(self, requests: Sequence[CallRequest]) -> list[Claim]:
        """Claim different calls in one transaction: all claims are durable, or none is."""
        ...

    def settle_all(self, settlements: Sequence[Settlement]) -> list[StoredAnswer]:
        """Settle different calls in one transaction: all answers are durable, or none is."""
        ...

    def renew(self, reservations: tuple[str, ...], lease: float) -> None:
        """Keep reservations from being taken for abandoned, for another `lease` seconds."""
        ...

    def settle(self, key: Digest, reservation: str, answer: StoredAnswer) -> StoredAnswer:
        """Store a delivered answer. The first one stored stands and is returned."""
        ...

    def release(self, key: Digest, reservation: str, error: str) -> None:
        """The call failed and was not billed."""
        ...

    def lose(self, key: Digest, reservation: str, error: str) -> None:
        """The call was sent and its outcome will never be known: it counts as exposure."""
        ...

    def exposure(self) -> tuple[int, Decimal | None]:
        """Calls of all audits whose outcome cannot be known, and US dollars at most for them; None is unknown."""
        ...

    def spend(self, audit: str) -> SpendSummary:
        """What an audit spent so far."""
        ...
