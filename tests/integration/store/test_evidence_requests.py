"""Questions to process owners and their replies, on both kinds of database."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence_request import Attachment, EvidenceRequest, Reply, RequestOutcome
from audit_agent.domain.ids import AuditId, DecisionId, Person, RequestId, StepId
from audit_agent.domain.policy import GatePolicy
from audit_agent.domain.record import canonical_json, digest_bytes
from audit_agent.domain.review import Answer, Nudge, Receipt
from audit_agent.store.database import Database
from audit_agent.store.effects import Effects
from audit_agent.store.errors import DecisionChangedError, EffectUndoneError
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import audit_status
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.verify import verify

OWNER = Person("user:omar")
FILE = b"%PDF-1.7"


@pytest.fixture
def request_of(audit: AuditId, at: datetime) -> EvidenceRequest:
    return EvidenceRequest(
        id=RequestId(f"{audit}/S01/1"), audit=audit, step=StepId("S01"), owner=OWNER, question="Who signed?",
        expected="the contract", requester=Person("user:ines"), policy=GatePolicy(), asked_at=at,
        due=at + timedelta(days=7),
    )  # fmt: skip


@pytest.fixture
def reply(request_of: EvidenceRequest, at: datetime) -> Reply:
    file = Attachment(digest=digest_bytes(FILE), name="contract.pdf", media_type="application/pdf", size=len(FILE))
    return Reply(
        id=DecisionId("r-1"), request=request_of.id, audit=request_of.audit, person=OWNER, text="Both.", file=file,
        surface="terminal", made_at=at + timedelta(hours=1),
    )  # fmt: skip


def receipt(reply: Reply, answer: Answer = Answer.RECORDED) -> Receipt:
    return Receipt(decision=reply.id, answer=answer, message="Recorded.")


def test_a_request_is_asked_nudged_answered_and_verified(
    database: Database, request_of: EvidenceRequest, reply: Reply, at: datetime, tmp_path: Any
) -> None:
    requests, replies, evidence = EvidenceRequests(database), Replies(database), FolderEvidence(tmp_path)
    for _ in range(2):
        requests.open(request_of, at)
        requests.nudge(request_of.id, Nudge.REMIND, 1, (OWNER,), at)
        requests.nudge(request_of.id, Nudge.ESCALATE, 1, (OWNER,), at)
    assert [one.request for one in requests.open_requests()] == [request_of]
    evidence.put(FILE)
    digest = evidence.put(canonical_json(reply))

    for _ in range(2):
        replies.receive(reply, at)
        replies.answer(reply, receipt(reply), at, digest)
        requests.close(request_of.id, RequestOutcome.ANSWERED, at)
    requests.close(request_of.id, RequestOutcome.EXPIRED, at)

    (status,) = audit_status(database, request_of.audit).requests
    assert (status.reminders, status.escalations, status.outcome) == (1, 1, RequestOutcome.ANSWERED)
    assert status.reply == reply
    (asked,) = requests.of_step(request_of.audit, request_of.step)
    assert (asked.answered_by, asked.answered_at, asked.evidence) == (OWNER, reply.made_at, digest)
    assert requests.open_requests(request_of.audit) == ()
    told = [entry.event.value for entry in audit_status(database, request_of.audit).log]
    assert told == [
        "audit requested",
        "evidence asked",
        "evidence reminded",
        "evidence escalated",
        "reply received",
        "reply answered",
        "evidence answered",
    ]
    verified = verify(database, evidence, request_of.audit)
    assert (verified.misfit, verified.blobs) == (None, 2)


@pytest.mark.parametrize(
    "change",
    [
        "update evidence_replies set person = 'user:mallory'",
        "update evidence_replies set answer = 'too-late'",
        "update evidence_replies set on_behalf_of = 'user:mallory'",
        "update evidence_requests set owner = 'user:mallory'",
        "update evidence_requests set outcome = 'expired'",
        "delete from evidence_requests",
    ],
)
def test_a_changed_row_is_found(
    database: Database, request_of: EvidenceRequest, reply: Reply, at: datetime, tmp_path: Any, change: str
) -> None:
    evidence = FolderEvidence(tmp_path)
    evidence.put(FILE)
    EvidenceRequests(database).open(request_of, at)
    Replies(database).answer(reply, receipt(reply), at, evidence.put(canonical_json(reply)))
    EvidenceRequests(database).close(request_of.id, RequestOutcome.ANSWERED, at)
    with database.write() as session:
        session.execute(text(change))

    misfit = verify(database, evidence, request_of.audit).misfit

    assert misfit is not None
    assert misfit.what == "A record does not say what the log says."


def test_a_refused_reply_is_kept_and_is_no_evidence(
    database: Database, request_of: EvidenceRequest, reply: Reply, at: datetime, tmp_path: Any
) -> None:
    EvidenceRequests(database).open(request_of, at)
    replies = Replies(database)
    replies.receive(reply, at)
    assert replies.pending() == (reply,)

    replies.answer(reply, receipt(reply, Answer.NOT_YOURS), at)

    assert replies.pending() == ()
    assert replies.receipt(reply.id) == receipt(reply, Answer.NOT_YOURS)
    assert EvidenceRequests(database).status(request_of.id).reply is None
    assert verify(database, FolderEvidence(tmp_path), request_of.audit).misfit is None


def test_one_reply_id_cannot_say_two_things(
    database: Database, request_of: EvidenceRequest, reply: Reply, at: datetime
) -> None:
    Replies(database).receive(reply, at)

    with pytest.raises(DecisionChangedError):
        Replies(database).receive(reply.model_copy(update={"text": "Nobody."}), at)


def test_withdrawing_ends_what_is_open_once_and_nothing_can_be_asked_afterwards(
    database: Database, request_of: EvidenceRequest, at: datetime
) -> None:
    requests, effects = EvidenceRequests(database), Effects(database)
    effects.reserve(request_of.audit, EffectKind.EVIDENCE_REQUESTS, "questions", at)
    requests.open(request_of, at)
    effects.begin_undo(request_of.audit, EffectKind.EVIDENCE_REQUESTS, "rejected", at)

    assert [requests.withdraw(request_of.audit, at) for _ in range(2)] == [1, 0]

    assert requests.status(request_of.id).outcome is RequestOutcome.WITHDRAWN
    with pytest.raises(EffectUndoneError):
        requests.open(request_of.model_copy(update={"id": RequestId(f"{request_of.audit}/S01/2")}), at)


def test_a_request_nobody_made_is_not_found(database: Database, audit: AuditId) -> None:
    with pytest.raises(NotFoundError, match="no evidence request"):
        EvidenceRequests(database).status(RequestId(f"{audit}/S09/1"))
