"""What an audit may spend on model calls, and asking people for more when it is spent."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Record

WARN_AT = Decimal("0.8")
"""The share of a budget at which whoever asked for the audit is warned."""

_RAISE = re.compile(r"^\s*raise\s+to\s+(?:US\s*D|US\$|\$)?\s*([0-9][0-9,]*(?:\.[0-9]+)?)", re.IGNORECASE)


class Budget(Record):
    """An audit's budget and what has become of it. Amounts are US dollars."""

    audit: AuditId
    limit: Decimal
    spent: Decimal
    """What calls have cost, and at most have cost where that cannot be known."""
    reserved: Decimal
    """What calls under way cost at most."""
    warned_at: datetime | None = None
    """When most of the first limit was spent."""
    reached_at: datetime | None = None
    """When a call was first refused because of it; None again once it is raised."""

    @property
    def left(self) -> Decimal:
        """What no call has a claim on; never below zero."""
        return max(self.limit - self.spent - self.reserved, Decimal(0))


class BudgetProposal(Record):
    """What people decide on at the budget gate. Amounts are US dollars."""

    audit: AuditId
    version: int
    limit: Decimal
    """The budget that is reached."""
    spent: Decimal
    rest: Decimal | None
    """What the rest costs by estimate; None when nobody can tell."""
    proposed: Decimal
    """The budget from then on, if approved."""
    left: str
    """What is still to do with a model, in words."""
    unpriced: str = ""
    """The model whose price is not known, so that no budget would do."""
    answers: tuple[str, ...] = ()
    """Answers to what reviewers of the version before asked for."""


class BudgetRaise(Record):
    """People raised a budget. Amounts are US dollars."""

    at: datetime
    before: Decimal
    limit: Decimal


def asked_limit(comment: str) -> Decimal | None:
    """The amount somebody names who asks to "raise to N"; None for any other comment."""
    found = _RAISE.match(comment)
    if found is None:
        return None
    try:
        return Decimal(found[1].replace(",", ""))
    except InvalidOperation:
        return None


def proposed_limit(budget: Budget, rest: Decimal | None) -> Decimal:
    """The budget the rest needs by estimate with a tenth to spare; half as much again where nobody can tell.

    Whole dollars, and above what is spent, so that it lets the model go on.
    """
    more = rest * Decimal("1.1") if rest is not None else budget.limit / 2
    needed = budget.spent + budget.reserved + more
    return max(_whole(needed), _whole(budget.limit))


def _whole(amount: Decimal) -> Decimal:
    return Decimal(int(amount) + 1)
