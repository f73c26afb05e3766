"""The inbox of replies to evidence requests: each one is kept before it is delivered, and answered once."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.directory import Standing
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence_request import Reply
from audit_agent.domain.ids import SYSTEM, DecisionId
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.domain.review import Receipt
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.errors import DecisionChangedError
from audit_agent.store.lookup import lock_audit
from audit_agent.store.request_tables import EvidenceReplyRow
from audit_agent.store.words import Delivery, Event


class Replies:
    """What `Decisions` is for decisions. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, reply: Reply, at: datetime) -> None:
        """Keep a reply; durable when this returns.

        Raises DecisionChangedError when the id came before with other content, AuditNotFoundError.
        """
        with self._database.write() as session:
            _receive(session, reply, at)

    def answer(self, reply: Reply, receipt: Receipt, at: datetime, evidence: Digest | None = None) -> None:
        """The audit has taken or refused a reply, known before or not. The first answer stands.

        `evidence` is the digest of the reply as it is kept in the evidence; None for one that was refused.
        """
        with self._database.write() as session:
            row = _receive(session, reply, at)
            if row.delivery is Delivery.DELIVERED:
                return
            row.delivery, row.answered_at = Delivery.DELIVERED, at
            row.answer, row.message, row.on_behalf_of = receipt.answer, receipt.message, receipt.on_behalf_of
            row.evidence = evidence
            if reply.standing is not None:
                row.standing = row.standing or canonical_json(reply.standing).decode()
            data = {
                "reply": reply.id,
                "answer": receipt.answer.value,
                "message": receipt.message,
                "on_behalf_of": receipt.on_behalf_of,
                "evidence": evidence,
                "standing": row.standing and json.loads(row.standing),
            }
            append(session, reply.audit, f"reply/{reply.id}/answered", SYSTEM, Event.REPLY_ANSWERED, data, at)

    def kept(self, reply: DecisionId) -> Reply | None:
        """The reply as it was received; None for one that never was."""
        with self._database.read() as session:
            row = session.get(EvidenceReplyRow, reply)
            return Reply.model_validate_json(row.reply) if row else None

    def receipt(self, reply: DecisionId) -> Receipt | None:
        """The audit's answer to a reply; None while there is none."""
        with self._database.read() as session:
            row = session.get(EvidenceReplyRow, reply)
            if row is None or row.answer is None:
                return None
            return Receipt(decision=row.id, answer=row.answer, message=row.message, on_behalf_of=row.on_behalf_of)

    def attest(self, reply: DecisionId, standing: Standing) -> Standing:
        """Keep what the directory said of whoever replied; returns what stands, which is what it said first.

        Raises NotFoundError for a reply that was never received.
        """
        with self._database.write() as session:
            row = session.get(EvidenceReplyRow, reply, with_for_update=True)
            if row is None:
                raise NotFoundError(f"There is no reply {reply}.", "Receive it first, then attest it.")
            if row.standing is None and row.delivery is Delivery.PENDING:
                row.standing = canonical_json(standing).decode()
            return Standing.model_validate_json(row.standing) if row.standing else standing

    def standing(self, reply: DecisionId) -> Standing | None:
        """What the directory said of whoever replied; None while it was not asked."""
        with self._database.read() as session:
            row = session.get(EvidenceReplyRow, reply)
            return Standing.model_validate_json(row.standing) if row and row.standing else None

    def pending(self) -> tuple[Reply, ...]:
        """Replies that no audit has answered yet, oldest first.

        All of them: those that only another process can deliver must not stand before those that this one can.
        """
        query = select(EvidenceReplyRow).where(EvidenceReplyRow.delivery == Delivery.PENDING)
        query = query.order_by(EvidenceReplyRow.received_at, EvidenceReplyRow.id)
        with self._database.read() as session:
            return tuple(Reply.model_validate_json(row.reply) for row in session.scalars(query))


def _receive(session: Session, reply: Reply, at: datetime) -> EvidenceReplyRow:
    lock_audit(session, reply.audit)
    reply = reply.bare
    content = canonical_json(reply).decode()
    row = session.get(EvidenceReplyRow, reply.id)
    if row is not None:
        if row.reply != content:
            raise DecisionChangedError(
                f"Reply {reply.id} was given before, and said something else.", "Answer again, as a new reply."
            )
        return row
    row = EvidenceReplyRow(
        id=reply.id,
        audit=reply.audit,
        request=reply.request,
        person=reply.person,
        reply=content,
        made_at=reply.made_at,
        received_at=at,
        delivery=Delivery.PENDING,
    )
    session.add(row)
    data = reply.model_dump(mode="json")
    append(session, reply.audit, f"reply/{reply.id}", reply.person, Event.REPLY_RECEIVED, data, at)
    return row
