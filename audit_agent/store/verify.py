"""Verifying an audit offline: its log's chain, its rows against the log, its evidence against every digest."""

from sqlalchemy import select

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import AuditId
from audit_agent.domain.wording import counted
from audit_agent.store.audit_log import GENESIS, entry_hash
from audit_agent.store.audit_tables import AuditRow, LogRow
from audit_agent.store.database import Database
from audit_agent.store.lookup import audit_row
from audit_agent.store.verification import MisfitFoundError, Verification
from audit_agent.store.verify_blobs import check_blobs
from audit_agent.store.verify_rows import shown_by, told_by


def verify(database: Database, evidence: Evidence, audit: AuditId) -> Verification:
    """Recompute everything; stops at the first misfit and names it. Raises AuditNotFoundError."""
    result = Verification(audit=audit, entries=0, facts=0, blobs=0, log_head=GENESIS)
    try:
        with database.read() as session:
            row = audit_row(session, audit)
            log = list(session.scalars(select(LogRow).where(LogRow.audit == audit).order_by(LogRow.seq)))
            result = result.model_copy(update={"entries": _check_chain(row, log), "log_head": row.log_head})
            result = result.model_copy(update={"facts": _check_facts(told_by(log), shown_by(session, row))})
        return result.model_copy(update={"blobs": check_blobs(log, evidence)})
    except MisfitFoundError as found:
        return result.model_copy(update={"misfit": found.misfit})


def _check_chain(row: AuditRow, log: list[LogRow]) -> int:
    previous = GENESIS
    for number, entry in enumerate(log, 1):
        where = f"audit log of {row.id}, entry {number}"
        if entry.seq != number:
            raise MisfitFoundError("An entry is missing from the log.", where, f"entry {number}", f"entry {entry.seq}")
        if entry.previous != previous:
            raise MisfitFoundError("An entry does not follow from the one before it.", where, previous, entry.previous)
        computed = entry_hash(entry)
        if computed != entry.hash:
            raise MisfitFoundError("An entry was changed after it was written.", where, entry.hash, computed)
        previous = entry.hash
    where = f"audit log of {row.id}, end"
    if len(log) != row.log_count:
        raise MisfitFoundError(
            "The log is cut short, or longer than recorded.",
            where,
            counted(row.log_count, "entry", "entries"),
            f"{len(log)}",
        )
    if previous != row.log_head:
        raise MisfitFoundError("The log does not end as recorded.", where, row.log_head, previous)
    return len(log)


def _check_facts(told: dict[str, str], shown: dict[str, str]) -> int:
    for name in sorted(told.keys() | shown.keys()):
        expected, found = told.get(name, "nothing"), shown.get(name, "nothing")
        if expected != found:
            raise MisfitFoundError("A record does not say what the log says.", name, expected, found)
    return len(shown)
