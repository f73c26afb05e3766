"""Finding an audit by its id, and saying which one was probably meant when there is none."""

import difflib

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.ids import AuditId
from audit_agent.store.audit_tables import AuditRow
from audit_agent.store.errors import AuditNotFoundError


def audit_row(session: Session, audit: AuditId) -> AuditRow:
    """The audit; raises AuditNotFoundError with the nearest ids."""
    return session.get(AuditRow, audit) or _fail(session, audit)


def lock_audit(session: Session, audit: AuditId) -> AuditRow:
    """The audit, locked against other writers until the transaction ends.

    Every write to anything of an audit begins here, so what is read afterwards stays true, log entries get
    their numbers one by one, and no two writers wait for each other crosswise.
    """
    # "No key update": rows that refer to the audit take a shared lock on its key, which must not block this one.
    row = session.get(AuditRow, audit, with_for_update={"key_share": True})
    return row or _fail(session, audit)


def _fail(session: Session, audit: AuditId) -> AuditRow:
    known = session.scalars(select(AuditRow.id).order_by(AuditRow.started_at.desc()).limit(1000)).all()
    near = difflib.get_close_matches(audit.upper(), known, n=3)
    advice = f"Did you mean {' or '.join(near)}?" if near else "`audit-agent list` shows every audit."
    raise AuditNotFoundError(f"There is no audit {audit}.", advice)
