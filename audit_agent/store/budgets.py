"""Audits' budgets as people set and read them. What calls take of them is counted in `store.ledger_purse`."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.budget import Budget, BudgetProposal, BudgetRaise
from audit_agent.domain.ids import SYSTEM, AuditId
from audit_agent.store.audit_log import append
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.budget_table import BudgetRow
from audit_agent.store.database import Database
from audit_agent.store.words import Event


class Budgets:
    """What each audit may spend on model calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, audit: AuditId) -> Budget | None:
        """An audit's budget; None where it has no limit."""
        with self._database.read() as session:
            return budget_of(session, audit)

    def raises(self, audit: AuditId) -> tuple[BudgetRaise, ...]:
        """Every time people raised it, oldest first."""
        raised = (LogRow.audit == audit, LogRow.event == Event.BUDGET_RAISED)
        with self._database.read() as session:
            entries = session.scalars(select(LogRow).where(*raised).order_by(LogRow.seq))
            return tuple(BudgetRaise(at=entry.at, **json.loads(entry.data)) for entry in entries)

    def raise_to(self, proposal: BudgetProposal, at: datetime) -> None:
        """Let an audit spend as much as people agreed to. The same proposal raises once."""
        audit, key = proposal.audit, f"budget/raised/{proposal.version}"
        data = {"limit": f"{proposal.proposed:f}", "before": f"{proposal.limit:f}"}
        with self._database.write() as session:
            # Before the audit, in the order in which settling a call locks them.
            row = session.get_one(BudgetRow, audit, with_for_update=True)
            if append(session, audit, key, SYSTEM, Event.BUDGET_RAISED, data, at).is_new:
                row.limit = proposal.proposed
                row.reached_at = None


def open_budget(session: Session, request: AuditRequest) -> None:
    """The budget an audit begins with; called once, when it is recorded."""
    if request.budget is not None:
        session.add(BudgetRow(audit=request.audit, limit=request.budget))


def budget_of(session: Session, audit: AuditId) -> Budget | None:
    """An audit's budget; None where it has no limit."""
    row = session.get(BudgetRow, audit)
    if row is None:
        return None
    return Budget(
        audit=row.audit,
        limit=row.limit,
        spent=row.spent,
        reserved=row.reserved,
        warned_at=row.warned_at,
        reached_at=row.reached_at,
    )
