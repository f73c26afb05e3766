"""What the channel shows: one card per audit, at Slack's pace, once, and the same as everywhere else."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from temporalio.client import Client

from audit_agent.domain.ids import AuditId, Person, review_id
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Review, Verdict
from audit_agent.handoff.decide import decision_on, submit
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.rehearsal.clicking import home_opened, signed
from audit_agent.slack.rehearsal.workspace import TooManyRequestsError
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.reviews import Reviews
from audit_agent.store.slack_messages import SlackMessages
from audit_agent.temporal.errors import TemporalUnavailableError
from tests.integration.slack.conftest import Story, Workplace, instantly
from tests.peers.slack_server import ANNA, CHANNEL, SECRET, buttons, office_of, slack_peer, until
from tests.unit.slack.test_blocks import mrkdwn_in
from tests.workflow.world import REVIEWER, request

Play = Callable[[Story], Any]
AGREES_WITHIN_SECONDS = 2.0


async def _nowhere() -> Client:
    raise TemporalUnavailableError("Temporal is away.")


def test_a_decision_made_elsewhere_takes_the_buttons_away_within_two_seconds(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            review = Reviews(place.database).open_reviews(audit)[0]
            word = decision_on(review, Verdict.APPROVE, "", REVIEWER, "terminal", slack.office.clock())
            submission = await submit(word, Decisions(place.database), slack.office.delivery)
            assert submission.receipt is not None
            made = time.monotonic()

            await until(lambda: buttons(asked) == set(), "the buttons are gone")

            assert time.monotonic() - made < AGREES_WITHIN_SECONDS
            assert "user:reviewer" in str(asked.blocks)

    play(story)


def test_an_audit_has_one_card_with_everything_else_below_it(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            await slack.message("decide on the plan")
            cards = [
                one for one in slack.workspace.messages if audit in str(one.blocks[:1]) and "Steps done" in str(one)
            ]
            await until(lambda: cards[0].before, "the card was updated in place")
            assert len(cards) == 1
            assert "Waiting for" in str(cards[0].blocks)

    play(story)


def test_messages_to_a_channel_are_a_second_apart_and_a_busy_slack_is_left_alone(play: Play) -> None:
    async def story(place: Workplace) -> None:
        workspace = place.server.workspace
        workspace.refuse["chat.postMessage"] = [TooManyRequestsError(2)]
        begun = time.monotonic()
        await place.start()
        await place.start()
        async with place.working(), place.slack():
            await until(lambda: len([one for one in workspace.messages if one.channel == CHANNEL]) >= 4, "all is shown")
            assert time.monotonic() - begun > 2
            times = [one.at for one in workspace.messages]
            assert all(later - earlier >= 0.95 for earlier, later in pairwise(times))

    play(story)


def test_another_process_posts_nothing_twice(play: Play) -> None:
    async def story(place: Workplace) -> None:
        await place.start()
        other = office_of(place.server, place.database, place.evidence, place.folder, place.temporal, place.queue)
        async with place.working(), place.slack() as slack, slack_peer(place.server, other):
            await slack.message("decide on the plan")
            await asyncio.sleep(1.5)
            reviews = [one for one in slack.workspace.messages if "decide on the plan" in str(one.blocks[:1])]
            assert len(reviews) == 1

    play(story)


def test_a_message_posted_by_a_process_that_died_before_noting_it_is_found_again(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.slack() as slack:
            card = await slack.message("Steps done")
            await until(lambda: SlackMessages(place.database).of(audit)[f"card/{audit}"].ts, "the card is noted")
        with place.database.write() as session:
            from sqlalchemy import text

            session.execute(text("UPDATE slack_messages SET ts = NULL, shown = NULL"))
        async with place.slack() as slack:
            await until(lambda: SlackMessages(place.database).of(audit)[f"card/{audit}"].ts == card.ts, "it is found")
            assert len([one for one in slack.workspace.messages if "Steps done" in str(one.blocks)]) == 1

    play(story)


def test_an_audit_without_a_channel_is_shown_nowhere_else(play: Play) -> None:
    async def story(place: Workplace) -> None:
        place.server.workspace.channels["C0OTHER"] = {"U0AUDITBOT"}
        await place.start(channel="C0OTHER")
        async with place.slack() as slack:
            card = await slack.message("Steps done")
            assert card.channel == "C0OTHER"

    play(story)


CONTROLS = "<!channel> <@U0BEN> <https://evil.example|x> & "
HOSTILE = f"{CONTROLS}*bold* `code`"


def test_what_people_write_is_shown_as_they_wrote_it_and_never_as_markup(play: Play) -> None:
    async def story(place: Workplace) -> None:
        asked = _asked_by_hostile_people(place.database)
        async with place.slack(_nowhere) as slack:
            said = await slack.message("decide on the plan")
            await slack.message("Steps done")
            await slack.press(said, Action.REJECT)
            await slack.submit(await slack.modal(Modal.REASON), reason=HOSTILE)
            await slack.private_word(ANNA, "Kept")
            await slack.press(said, Action.DETAILS)
            await slack.modal(Modal.DETAILS)
            for words in ("list", "reviews", f"status {asked.audit}", f"cancel {asked.audit}"):
                await slack.say(words)
            for word in ("", "status ", "report ", "cancel ", "delegate ", "schedule ", "schedule show "):
                await slack.say(word + CONTROLS)
            await slack.deliver(signed(json.dumps(home_opened(ANNA)).encode(), SECRET, "application/json"))
            await slack.modal(Modal.CANCEL)
            await until(lambda: ANNA in slack.workspace.homes, "the Home is published")
            await until(lambda: len(slack.workspace.private) >= 11, "every command is answered")
            workspace = slack.workspace
            heard = [*workspace.messages, *workspace.private]
            shown = [[one.blocks, one.before] for one in heard] + [*workspace.views.values(), *workspace.homes.values()]
        markup = [*(one.text for one in heard), *(text for blocks in shown for text in mrkdwn_in(blocks))]
        for token in ("<!channel>", "<@U0BEN>", "<https:", "*bold*", "`code`"):
            assert [text for text in markup if token in text] == []
        assert json.dumps(HOSTILE) in json.dumps(shown)

    play(story)


def _asked_by_hostile_people(database: Database) -> Review:
    """A review whose every word is somebody's attempt at markup."""
    now = datetime.now(UTC)
    audit = AuditId(f"AUD-{uuid.uuid4().int % 9000 + 1000}-0001")
    order = request(audit, instantly())
    program = order.program.model_copy(update={"title": HOSTILE, "objective": HOSTILE})
    person = Person("user:<!channel>")
    Audits(database).create(order.model_copy(update={"program": program, "requester": person}), now)
    asked = Review(
        id=review_id(audit, Gate.PLAN, 1), audit=audit, gate=Gate.PLAN, round=1, subject=Digest("a" * 64),
        title=HOSTILE, highlights=(HOSTILE,), requester=person, opened_at=now,
        policy=GatePolicy(eligible=(Person("*"), Person("user:<@U0BEN>"))),
    )  # fmt: skip
    Reviews(database).open(asked, now)
    return asked
