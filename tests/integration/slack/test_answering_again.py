"""A process may die between keeping an answer and telling so; the next one goes on from what is kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from audit_agent.domain.evidence_request import Attachment, EvidenceRequest, Reply
from audit_agent.domain.ids import AuditId, Person, RequestId, StepId
from audit_agent.domain.policy import GatePolicy
from audit_agent.domain.record import digest_bytes
from audit_agent.domain.review import Answer, Receipt
from audit_agent.handoff.delivery import TemporalAwayError
from audit_agent.slack.answering import answer
from audit_agent.slack.contents import ToAnswer
from audit_agent.slack.deciding import decision_id
from audit_agent.slack.office import Office
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.server import SlackServer
from audit_agent.slack.rehearsal.workspace import TEAM
from audit_agent.store.audits import Audits
from audit_agent.store.clicks import Click
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.slack_words import ClickKind
from tests.peers.slack_server import BEN, office_of
from tests.workflow.world import request as audit_request

NOW = datetime.now(UTC)
AUDIT = AuditId("AUD-2026-0001")
REQUEST = RequestId(f"{AUDIT}/S01/1")
OWNER = person_of(TEAM, BEN)
CLICK = Click(
    key="answer-1",
    kind=ClickKind.ANSWER,
    person=OWNER,
    content=ToAnswer(request=REQUEST, text="Both did.", file="F0GONE").model_dump_json(),
    received_at=NOW,
    audit=AUDIT,
)
REPLY = Reply(
    id=decision_id(CLICK),
    request=REQUEST,
    audit=AUDIT,
    person=OWNER,
    text="Both did.",
    file=Attachment(digest=digest_bytes(b"x"), name="a.pdf", media_type="application/pdf", size=1),
    surface="slack",
    made_at=NOW,
)


async def _away() -> Client:
    raise TemporalAwayError("Temporal cannot be reached.")


@pytest.fixture
def office(shared_server: SlackServer, sqlite_database: Database, tmp_path: Path) -> Office:
    """An office where the owner is asked, and where the file they gave is gone from Slack."""
    Audits(sqlite_database).create(audit_request(AUDIT), NOW)
    asked = EvidenceRequest(
        id=REQUEST, audit=AUDIT, step=StepId("S01"), owner=OWNER, question="Who signed?", expected="",
        requester=Person("user:anna"), policy=GatePolicy(), asked_at=NOW, due=NOW + timedelta(days=7),
    )  # fmt: skip
    EvidenceRequests(sqlite_database).open(asked, NOW)
    return office_of(shared_server, sqlite_database, FolderEvidence(tmp_path / "evidence"), tmp_path, _away)


def test_an_answer_the_audit_has_is_told_as_recorded(office: Office) -> None:
    receipt = Receipt(decision=REPLY.id, answer=Answer.RECORDED, message="Recorded.")
    Replies(office.database).answer(REPLY, receipt, NOW)

    told = asyncio.run(answer(office, CLICK))

    assert (told.text, told.final) == ("Recorded.", True)


def test_an_answer_that_is_kept_is_handed_over_without_its_file_being_fetched_again(office: Office) -> None:
    Replies(office.database).receive(REPLY, NOW)

    told = asyncio.run(answer(office, CLICK))

    assert (told.text.startswith("Kept."), told.final) == (True, False)
    assert Replies(office.database).pending() == (REPLY,)


def test_an_answer_that_was_never_kept_needs_its_file(office: Office) -> None:
    told = asyncio.run(answer(office, CLICK))

    assert (told.text.startswith("Not taken: Slack does not give the file"), told.final) == (True, True)
