"""The audit log: append-only, numbered without gaps per audit, each entry bound to the one before by its hash."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Digest, canonical_json, digest_of
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.errors import LogConflictError
from audit_agent.store.lookup import lock_audit
from audit_agent.store.words import Event

GENESIS = Digest("0" * 64)
"""What the first entry names as the hash before it."""


class Appended(NamedTuple):
    """An entry of the log, and whether this call wrote it."""

    seq: int
    hash: Digest
    is_new: bool


def append(
    session: Session,
    audit: AuditId,
    key: str,
    actor: Person,
    event: Event,
    data: Mapping[str, Any],
    at: datetime,
) -> Appended:
    """Add an entry within the session's transaction. The same key adds once, whenever it comes again.

    Raises AuditNotFoundError, and LogConflictError when the key is known with another actor, event or data.
    """
    row = lock_audit(session, audit)
    text = canonical_json(data).decode()
    known = session.scalar(select(LogRow).where(LogRow.audit == audit, LogRow.key == key))
    if known is not None:
        if (known.actor, known.event, known.data) != (actor, event, text):
            raise LogConflictError(
                f"The log of {audit} already tells {key!r} differently: {known.event.value} {known.data}.",
                "Two actions share an idempotency key; this is a defect, please report it.",
            )
        return Appended(known.seq, known.hash, is_new=False)
    entry = LogRow(
        audit=audit,
        seq=row.log_count + 1,
        key=key,
        at=at,
        actor=actor,
        event=event,
        data=text,
        previous=row.log_head,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    row.log_count, row.log_head, row.updated_at = entry.seq, entry.hash, max(at, row.updated_at)
    session.flush()
    return Appended(entry.seq, entry.hash, is_new=True)


def entry_hash(entry: LogRow) -> Digest:
    """SHA-256 over the canonical JSON of everything an entry says, and the hash of the entry before it."""
    return digest_of(
        {
            "audit": entry.audit,
            "seq": entry.seq,
            "key": entry.key,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "event": entry.event.value,
            "data": entry.data,
            "previous": entry.previous,
        }
    )
