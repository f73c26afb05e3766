"""How fast 5,000 reviews are decided in Slack: each click signed, kept, delivered, and answered to whoever clicked.

Run it with `pytest tests/bench/bench_slack_deliver.py`. Everything is real but the audits, which answer at once:
what they cost is measured by the workflows' own tests.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from temporalio.client import Client

from audit_agent.domain.ids import AuditId, review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Answer, Decision, Outcome, Receipt, Review
from audit_agent.handoff.standing import AttestedDelivery
from audit_agent.slack.blocks.review import review_message
from audit_agent.slack.inbox import Inbox
from audit_agent.slack.names import Action
from audit_agent.slack.office import Office
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import interaction, press
from audit_agent.slack.rehearsal.server import SlackServer
from audit_agent.slack.rehearsal.workspace import TEAM, Said
from audit_agent.slack.spool import Spool
from audit_agent.store.audits import Audits
from audit_agent.store.clicks import Click, Clicks
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import ReviewStatus
from audit_agent.store.review_tables import DecisionRow
from audit_agent.store.reviews import Reviews
from audit_agent.store.slack_words import ClickKind, ClickState
from audit_agent.temporal.errors import TemporalUnavailableError
from tests.peers.slack_server import ANNA, BEN, CARLA, CHANNEL, SECRET, office_of, slack_peer, workspace_server
from tests.unit.slack.test_blocks import NOW, review, status
from tests.workflow.world import request

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

AUDITS, ROUNDS = 100, 50
REVIEWS = AUDITS * ROUNDS
AT_ONCE = 10
BARE = 500
TIMES_BARE = 30
"""A decision may take so many times as long as one insert and one call to Slack: it is five writes and three calls."""


class AtOnce:
    """Audits that take every decision."""

    async def decide(self, decision: Decision) -> Receipt:
        return Receipt(decision=decision.id, answer=Answer.RECORDED, message="Recorded.", outcome=Outcome.APPROVED)

    async def decide_later(self, decision: Decision) -> None:
        raise AssertionError("every decision is taken at once")


class WatchedClicks(Clicks):
    """Tells when a click has its answer."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._loop = asyncio.get_running_loop()
        self.answers: dict[str, asyncio.Event] = {}

    def answered(self, key: str, answer: str, at: datetime) -> None:
        super().answered(key, answer, at)
        _, _, message, *_ = key.removeprefix("action/").split("/")
        self._loop.call_soon_threadsafe(self.answers[message].set)


class Took(NamedTuple):
    """Seconds until Slack was told, and until the person was."""

    acknowledged: float
    answered: float
    at: float
    """When, on the clock of the machine."""


async def _nowhere() -> Client:
    raise TemporalUnavailableError("Temporal is away.")


def opened(database: Database) -> Iterator[ReviewStatus]:
    """Reviews that wait for decisions."""
    for number in range(AUDITS):
        audit = AuditId(f"AUD-2026-{number + 1:04d}")
        Audits(database).create(request(audit), NOW)
        for turn in range(1, ROUNDS + 1):
            asked: Review = review(Gate.PLAN).model_copy(
                update={"id": review_id(audit, Gate.PLAN, turn), "audit": audit, "round": turn}
            )
            Reviews(database).open(asked, NOW)
            yield status(asked)


def clicks_on(server: SlackServer, reviews: Iterator[ReviewStatus]) -> dict[str, dict[str, Any]]:
    """A click on each, by the place of its message."""
    people = cycle((ANNA, BEN, CARLA))
    said = [Said(CHANNEL, f"1.{number:06d}", "", review_message(one, ())) for number, one in enumerate(reviews)]
    return {one.ts: press(server.workspace, one, Action.APPROVE, next(people)) for one in said}


def office(server: SlackServer, database: Database, folder: Path, clicks: Clicks) -> Office:
    """The Slack surface in front of such audits; it shows nothing in channels, whose pace is Slack's."""
    usual = office_of(server, database, FolderEvidence(folder / "evidence"), folder, _nowhere)
    return replace(
        usual,
        config=usual.config._replace(channel=None),
        inbox=Inbox(clicks, Spool(usual.config.spool_folder)),
        delivery=AttestedDelivery(AtOnce(), database, usual.people),
    )


async def side_by_side(jobs: list[Callable[[], Coroutine[Any, Any, Any]]]) -> tuple[list[Any], float]:
    """What the jobs return, so many at once, and how many were done in a second."""
    waiting = iter(jobs)

    async def some() -> list[Any]:
        return [await job() for job in waiting]

    begun = time.perf_counter()
    done = await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return [one for part in done for one in part], len(jobs) / (time.perf_counter() - begun)


def test_five_thousand_reviews_are_decided_and_everybody_is_answered_once(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def decide_all() -> tuple[list[Took], float, float, list[Said]]:
        with workspace_server() as server:
            clicks = WatchedClicks(sqlite_database)
            payloads = clicks_on(server, opened(sqlite_database))
            async with slack_peer(server, office(server, sqlite_database, tmp_path, clicks)) as slack:
                bare = [await _bare(slack.office, "before")]
                server.workspace.private.clear()

                async def click(message: str) -> Took:
                    clicks.answers[message] = asyncio.Event()
                    begun = time.perf_counter()
                    answer = await slack.deliver(interaction(payloads[message], SECRET))
                    acknowledged = time.perf_counter() - begun
                    assert answer.status == 200
                    await clicks.answers[message].wait()
                    return Took(acknowledged, time.perf_counter() - begun, time.perf_counter())

                took, rate = await side_by_side([partial(click, message) for message in payloads])
                told = list(server.workspace.private)
                bare.append(await _bare(slack.office, "after"))
            return took, rate, min(bare), told

    took, rate, bare, told = asyncio.run(decide_all())

    with sqlite_database.read() as session:
        recorded = session.scalar(
            select(func.count()).select_from(DecisionRow).where(DecisionRow.answer == Answer.RECORDED)
        )
    took.sort(key=lambda one: one.at)
    tenth = REVIEWS // 10
    with capsys.disabled():
        print(f"\n{REVIEWS:,} reviews decided in Slack, {AT_ONCE} at a time: {rate:.0f} a second;")
        print(f"  acknowledged {_percentiles([one.acknowledged for one in took])}")
        print(f"  answered {_percentiles([one.answered for one in took])}")
        print(f"  the first tenth {_rate(took[:tenth]):.0f} a second, the last {_rate(took[-tenth:]):.0f}")
        print(f"  one insert and one call to Slack: {bare:.0f} a second, {bare / rate:.1f} times as many")
    assert (recorded, len(told)) == (REVIEWS, REVIEWS)
    assert bare / rate < TIMES_BARE


def _rate(took: list[Took]) -> float:
    return len(took) / (took[-1].at - took[0].at)


async def _bare(office: Office, when: str) -> float:
    """How many times in a second something is kept and somebody told, with nothing around it."""

    async def keep_and_tell(number: int) -> None:
        click = Click(
            key=f"bare/{when}/{number}",
            kind=ClickKind.FOLLOW,
            person=person_of(TEAM, ANNA),
            content="",
            received_at=office.clock(),
            state=ClickState.ANSWERED,
        )
        await asyncio.to_thread(Clicks(office.database).keep, click)
        await office.api.call("chat.postEphemeral", channel=CHANNEL, user=ANNA, text="Recorded.")

    return (await side_by_side([partial(keep_and_tell, number) for number in range(BARE)]))[1]


def _percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    half, most = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return f"p50 {half * 1000:.0f} ms, p99 {most * 1000:.0f} ms"
