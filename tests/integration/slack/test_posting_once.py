"""A process may die between any two steps of posting; the next one posts what is missing, and nothing twice."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit_agent.clock import system_clock
from audit_agent.domain.evidence_request import EvidenceRequest
from audit_agent.domain.ids import AuditId, Person, RequestId, StepId
from audit_agent.domain.policy import GatePolicy
from audit_agent.handoff.report_links import ReportLinks
from audit_agent.slack.api import Place, SlackApi
from audit_agent.slack.office import Office
from audit_agent.slack.pace import Pace
from audit_agent.slack.people import person_of
from audit_agent.slack.projector import LEASE, Projector
from audit_agent.slack.rehearsal.server import TOKEN, SlackServer
from audit_agent.slack.rehearsal.workspace import TEAM, File, Said
from audit_agent.store.requests import EvidenceRequests
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.published import published_audit
from tests.peers.slack_server import BEN, office_of

Play = Callable[[Story], Any]
AUDIT = AuditId("AUD-2026-0001")


class KilledError(Exception):
    """The process is gone."""


class MortalApi(SlackApi):
    """Takes the process with it at one step of sharing a report, or of posting a message."""

    def __init__(self, server: SlackServer, dies: str) -> None:
        super().__init__(TOKEN, server.url)
        self._dies = dies

    async def place(self, name: str, length: int) -> Place:
        self._reach("before it has a place")
        place = await super().place(name, length)
        self._reach("before the place is noted")
        return place

    async def fill(self, place: Place, content: bytes) -> None:
        self._reach("before the upload")
        await super().fill(place, content)

    async def share(self, file: str, title: str, channel: str, thread: str | None = None) -> None:
        self._reach("before it is shared")
        await super().share(file, title, channel, thread)
        self._reach("before it is noted that it is shared")

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        answer = await super().call(method, **arguments)
        if method == "chat.postMessage" and self._dies in str(arguments["blocks"]):
            raise KilledError(self._dies)
        return answer

    def _reach(self, step: str) -> None:
        if step == self._dies:
            raise KilledError(step)


STEPS = (
    "before it has a place",
    "before the place is noted",
    "before the upload",
    "before it is shared",
    "before it is noted that it is shared",
)


@pytest.fixture
def office(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office where an audit has its report, in a workspace where a second passes with every look at the clock."""
    seconds = itertools.count(int(time.time()))
    monkeypatch.setattr(workplace.server.workspace, "clock", lambda: float(next(seconds)))
    published_audit(workplace.database, workplace.evidence, AUDIT, datetime.now(UTC))
    links = ReportLinks(workplace.database, workplace.evidence, "https://x.example", ["k" * 32], timedelta(days=1))
    return office_of(
        workplace.server, workplace.database, workplace.evidence, workplace.folder, workplace.temporal, links=links
    )


async def show_all(office: Office) -> None:
    """Everything a process writes until nothing is left to write."""
    projector = Projector(office, Pace(itertools.count(0.0, 2.0).__next__))
    assert await projector.round() > 0
    while not projector.is_up_to_date:
        await projector.round()


async def killed(office: Office, server: SlackServer, dies: str) -> None:
    """A process that dies at a step."""
    with pytest.raises(KilledError, match=dies):
        await show_all(replace(office, api=MortalApi(server, dies)))


def the_next(office: Office) -> Office:
    """The office of another process, once the lease of the one that died is over."""
    return replace(office, clock=lambda: system_clock() + 2 * LEASE)


def shared(server: SlackServer) -> list[File]:
    """The files people see."""
    return [one for one in server.workspace.files.values() if one.channel]


def posts(server: SlackServer, containing: str) -> list[Said]:
    return [one for one in server.workspace.messages if containing in str(one.blocks)]


@pytest.mark.parametrize("step", STEPS)
def test_a_report_is_shared_once_wherever_the_process_dies(play: Play, office: Office, step: str) -> None:
    async def story(place: Workplace) -> None:
        await killed(office, place.server, step)

        await show_all(the_next(office))

        assert [(one.name, one.content[:9]) for one in shared(place.server)] == [(f"{AUDIT}.html", b"<!DOCTYPE")]
        assert len(posts(place.server, "Steps done")) == 1

    play(story)


def test_a_report_slack_promised_to_share_and_shares_late_is_there_once(play: Play, office: Office) -> None:
    async def story(place: Workplace) -> None:
        place.server.workspace.shares_late = True
        await killed(office, place.server, "before it is noted that it is shared")
        assert shared(place.server) == []
        place.server.workspace.shares_late = False

        await show_all(the_next(office))
        place.server.workspace.share_promised()

        assert len(shared(place.server)) == 1

    play(story)


@pytest.mark.parametrize("message", ["Steps done", "Open it in the browser"])
def test_a_message_posted_before_the_process_died_is_found_in_the_channel_and_in_a_thread(
    play: Play, office: Office, message: str
) -> None:
    async def story(place: Workplace) -> None:
        await killed(office, place.server, message)
        assert len(posts(place.server, message)) == 1

        await show_all(the_next(office))

        assert len(posts(place.server, message)) == 1

    play(story)


def test_a_direct_message_posted_before_the_process_died_is_found(play: Play, office: Office) -> None:
    async def story(place: Workplace) -> None:
        now = datetime.now(UTC)
        request = EvidenceRequest(
            id=RequestId(f"{AUDIT}/S01/1"), audit=AUDIT, step=StepId("S01"), owner=person_of(TEAM, BEN),
            question="Who signed this?", expected="", requester=Person("user:anna"), policy=GatePolicy(),
            asked_at=now, due=now + timedelta(days=7),
        )  # fmt: skip
        EvidenceRequests(place.database).open(request, now)
        await killed(office, place.server, "Who signed this?")

        await show_all(the_next(office))

        (message,) = posts(place.server, "Who signed this?")
        assert message.channel == f"D{BEN[1:]}"

    play(story)
