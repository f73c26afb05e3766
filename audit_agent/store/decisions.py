"""The inbox of decisions: each one is kept before it is delivered, and answered once."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.directory import Standing
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import SYSTEM, DecisionId
from audit_agent.domain.record import canonical_json
from audit_agent.domain.review import Decision, Receipt
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.errors import DecisionChangedError
from audit_agent.store.lookup import lock_audit
from audit_agent.store.review_tables import DecisionRow
from audit_agent.store.words import Delivery, Event


class Decisions:
    """Decisions by people. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, decision: Decision, at: datetime) -> None:
        """Keep a decision; durable when this returns.

        Raises DecisionChangedError when the id came before with other content, AuditNotFoundError.
        """
        with self._database.write() as session:
            _receive(session, decision, at)

    def answer(self, decision: Decision, receipt: Receipt, at: datetime) -> None:
        """The audit has answered a decision, known before or not. The first answer stands."""
        with self._database.write() as session:
            row = _receive(session, decision, at)
            if row.delivery is Delivery.DELIVERED:
                return
            row.delivery, row.answered_at = Delivery.DELIVERED, at
            row.answer, row.message, row.outcome = receipt.answer, receipt.message, receipt.outcome
            row.on_behalf_of, row.undo_until, row.undid = receipt.on_behalf_of, receipt.undo_until, receipt.undid
            if decision.standing is not None:
                row.standing = row.standing or canonical_json(decision.standing).decode()
            data = {**receipt.model_dump(mode="json"), "standing": row.standing and json.loads(row.standing)}
            append(session, decision.audit, f"decision/{decision.id}/answered", SYSTEM, _ANSWERED, data, at)

    def receipt(self, decision: DecisionId) -> Receipt | None:
        """The answer to a decision; None while there is none."""
        with self._database.read() as session:
            row = session.get(DecisionRow, decision)
            if row is None or row.answer is None:
                return None
            return Receipt(
                decision=row.id,
                answer=row.answer,
                message=row.message,
                outcome=row.outcome,
                on_behalf_of=row.on_behalf_of,
                undo_until=row.undo_until,
                undid=row.undid,
            )

    def attest(self, decision: DecisionId, standing: Standing) -> Standing:
        """Keep what the directory said of whoever decided; returns what stands, which is what it said first.

        Raises NotFoundError for a decision that was never received.
        """
        with self._database.write() as session:
            row = session.get(DecisionRow, decision, with_for_update=True)
            if row is None:
                raise NotFoundError(f"There is no decision {decision}.", "Receive it first, then attest it.")
            if row.standing is None and row.delivery is Delivery.PENDING:
                row.standing = canonical_json(standing).decode()
            # What is answered is in the log as it was then.
            return Standing.model_validate_json(row.standing) if row.standing else standing

    def standing(self, decision: DecisionId) -> Standing | None:
        """What the directory said of whoever decided; None while it was not asked."""
        with self._database.read() as session:
            row = session.get(DecisionRow, decision)
            return Standing.model_validate_json(row.standing) if row and row.standing else None

    def pending(self) -> tuple[Decision, ...]:
        """Decisions that no audit has answered yet, oldest first.

        All of them: those that only another process can deliver must not stand before those that this one can.
        """
        query = select(DecisionRow).where(DecisionRow.delivery == Delivery.PENDING)
        query = query.order_by(DecisionRow.received_at, DecisionRow.id)
        with self._database.read() as session:
            return tuple(Decision.model_validate_json(row.decision) for row in session.scalars(query))


_ANSWERED = Event.DECISION_ANSWERED


def _receive(session: Session, decision: Decision, at: datetime) -> DecisionRow:
    lock_audit(session, decision.audit)
    decision = decision.bare
    content = canonical_json(decision).decode()
    row = session.get(DecisionRow, decision.id)
    if row is not None:
        if row.decision != content:
            raise DecisionChangedError(
                f"Decision {decision.id} was made before, and said something else.", "Decide again, as a new decision."
            )
        return row
    row = DecisionRow(
        id=decision.id,
        audit=decision.audit,
        review=decision.review,
        gate=decision.gate,
        person=decision.person,
        verdict=decision.verdict,
        reason=decision.reason,
        decision=content,
        made_at=decision.made_at,
        received_at=at,
        delivery=Delivery.PENDING,
    )
    session.add(row)
    data = decision.model_dump(mode="json")
    append(session, decision.audit, f"decision/{decision.id}", decision.person, Event.DECISION_RECEIVED, data, at)
    return row
