"""Keeping audits within their budgets, in the very transactions in which calls are claimed and settled.

Whoever locks several rows locks calls first, in the order of their keys, then budgets, in the order of their audits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit_agent.domain.budget import WARN_AT
from audit_agent.domain.ids import SYSTEM
from audit_agent.domain.ledger import CallRequest, OverBudget, Settlement
from audit_agent.domain.record import Digest
from audit_agent.store.audit_log import append
from audit_agent.store.budget_table import BudgetRow
from audit_agent.store.ledger_table import CallState, LedgerRow, LedgerUse
from audit_agent.store.words import Event

_NOTHING = Decimal(0)
_REFUSED = "The budget did not allow it."


class Handover(NamedTuple):
    """A call of before is about to be made: its row, the use that was charged with it, and the one that is to be."""

    row: LedgerRow
    before: LedgerUse | None
    use: LedgerUse

    def exposure(self) -> Decimal:
        """What its lost attempts may have cost."""
        return self.row.unknown_calls * (self.row.estimate or _NOTHING)


class Purse:
    """What one transaction of the ledger changes in audits' budgets. It is noted first and written last."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._reserved: dict[str, Decimal] = {}
        self._spent: dict[str, Decimal] = {}
        self._handovers: dict[str, Handover] = {}

    def note(
        self,
        audit: str | None,
        estimate: Decimal | None,
        *,
        reserved: int = 0,
        unknown: int = 0,
        cost: Decimal | None = _NOTHING,
    ) -> None:
        """A call of an audit has so many more reservations and unknown outcomes, and cost so much more.

        A cost that is not known counts as much as was estimated.
        """
        if audit is None:
            return
        each = estimate or _NOTHING
        self._reserved[audit] = self._reserved.get(audit, _NOTHING) + reserved * each
        self._spent[audit] = self._spent.get(audit, _NOTHING) + unknown * each + (each if cost is None else cost)

    def note_stored(self, settlements: Iterable[Settlement]) -> None:
        """Answers to attempts that were reserved have come."""
        costs = {one.key: one.answer.cost for one in settlements}
        query = (
            select(LedgerUse.audit, LedgerRow.key, LedgerRow.estimate)
            .join(LedgerRow, LedgerRow.key == LedgerUse.key)
            .join(BudgetRow, BudgetRow.audit == LedgerUse.audit)
            .where(LedgerUse.key.in_(costs), LedgerUse.charged)
        )
        for audit, key, estimate in self._session.execute(query):
            self.note(audit, estimate, reserved=-1, cost=costs[Digest(key)])

    def hand_over(self, row: LedgerRow, use: LedgerUse) -> None:
        """Whoever makes a call is charged with it, and with what lost attempts of others may have cost."""
        charged = select(LedgerUse).where(LedgerUse.key == row.key, LedgerUse.charged)
        self._handovers[row.key] = Handover(row, self._session.scalar(charged), use)

    def write(self) -> None:
        """Write down what was noted."""
        if self._spent:
            self._write(self._locked(self._spent))

    def afford(self, reserved: Sequence[CallRequest]) -> dict[Digest, OverBudget]:
        """Write down what was noted, then count fresh reservations; those a budget does not allow are taken back."""
        before = {one.before.audit for one in self._handovers.values() if one.before}
        budgets = self._locked({*self._spent, *before, *(one.audit for one in reserved)})
        self._write(budgets)
        refused = [one for one in reserved if not self._pay(one, budgets)]
        self._take_back([one.key for one in refused])
        return {one.key: self._refusal(one, budgets[one.audit]) for one in refused}

    def _pay(self, call: CallRequest, budgets: dict[str, BudgetRow]) -> bool:
        """Take a call, and what comes with it, out of the budget of the audit that makes it, if that allows it."""
        handover = self._handovers.get(call.key)
        budget = budgets.get(call.audit)
        if budget is not None:
            if call.estimate is None:
                return False
            carried = _carried(handover, call.estimate) if handover else _NOTHING
            if budget.spent + carried + budget.reserved + call.estimate > budget.limit:
                return False
            budget.spent += carried
            budget.reserved += call.estimate
        if handover is not None:
            if handover.before is not None:
                handover.before.charged = False
                if handover.before.audit != call.audit and (former := budgets.get(handover.before.audit)):
                    former.spent -= handover.exposure()
            handover.use.charged = True
            handover.row.estimate = call.estimate
        return True

    def _locked(self, audits: Iterable[str]) -> dict[str, BudgetRow]:
        query = select(BudgetRow).where(BudgetRow.audit.in_(audits)).order_by(BudgetRow.audit)
        rows = self._session.scalars(query.with_for_update().execution_options(populate_existing=True))
        return {row.audit: row for row in rows}

    def _write(self, budgets: dict[str, BudgetRow]) -> None:
        for audit, row in budgets.items():
            row.reserved += self._reserved.get(audit, _NOTHING)
            row.spent += self._spent.get(audit, _NOTHING)
            if row.warned_at is None and row.spent >= WARN_AT * row.limit:
                row.warned_at = self._now
                data = {"limit": f"{row.limit.normalize():f}", "spent": f"{row.spent.normalize():f}"}
                append(self._session, row.audit, "budget/warned", SYSTEM, Event.BUDGET_WARNED, data, self._now)

    def _take_back(self, keys: Sequence[Digest]) -> None:
        if not keys:
            return
        never_sent = {"state": CallState.FAILED, "reservation": None, "lease_until": None, "error": _REFUSED}
        taken = update(LedgerRow).where(LedgerRow.key.in_(keys))
        self._session.execute(taken.values(attempts=LedgerRow.attempts - 1, **never_sent))

    def _refusal(self, call: CallRequest, budget: BudgetRow) -> OverBudget:
        in_flight = call.estimate is not None and self._has_calls_in_flight(call.audit)
        if not in_flight and budget.reached_at is None:
            budget.reached_at = self._now
        return OverBudget(
            limit=budget.limit,
            taken=budget.spent + budget.reserved,
            estimate=call.estimate,
            in_flight=in_flight,
        )

    def _has_calls_in_flight(self, audit: str) -> bool:
        query = (
            select(LedgerRow.key)
            .join(LedgerUse, LedgerUse.key == LedgerRow.key)
            .where(LedgerRow.state == CallState.RESERVED, LedgerRow.lease_until >= self._now)
            .where(LedgerUse.audit == audit, LedgerUse.charged)
        )
        return self._session.execute(query.limit(1)).first() is not None


def _carried(handover: Handover, estimate: Decimal) -> Decimal:
    """What lost attempts add to the budget of the audit that makes the call, at the price of today."""
    known = handover.before is not None and handover.before.audit == handover.use.audit
    return handover.row.unknown_calls * estimate - (handover.exposure() if known else _NOTHING)


def charged_to(session: Session, key: str) -> str | None:
    """The audit that is charged with a call."""
    return session.scalar(select(LedgerUse.audit).where(LedgerUse.key == key, LedgerUse.charged))
