"""What the channel shows: one card per audit, at Slack's pace, once, and the same as everywhere else."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from audit_agent.domain.review import Verdict
from audit_agent.handoff.decide import decision_on, submit
from audit_agent.slack.rehearsal.workspace import TooManyRequestsError
from audit_agent.store.decisions import Decisions
from audit_agent.store.reviews import Reviews
from audit_agent.store.slack_messages import SlackMessages
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.slack_server import CHANNEL, buttons, office_of, slack_peer, until
from tests.workflow.world import REVIEWER

Play = Callable[[Story], Any]
AGREES_WITHIN_SECONDS = 2.0


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
            session.execute(text("DELETE FROM slack_leases"))
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
