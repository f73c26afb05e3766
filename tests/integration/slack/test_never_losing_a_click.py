"""Clicks are kept before Slack is told so, and delivered whatever is away."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Verdict
from audit_agent.slack.contents import Shown, ToDecide
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.payload import click_of, value_in
from audit_agent.slack.rehearsal.clicking import interaction, press
from audit_agent.slack.rehearsal.server import TOKEN
from audit_agent.slack.rehearsal.workspace import TooManyRequestsError, WorkspaceError
from audit_agent.slack.settle import settle_once
from audit_agent.slack.spool import Spool
from audit_agent.store.clicks import Click, Clicks
from audit_agent.store.reading import audit_status
from audit_agent.store.slack_words import ClickKind, ClickState
from audit_agent.temporal.errors import TemporalUnavailableError
from tests.integration.slack.conftest import Story, Workplace, instantly
from tests.peers.slack_server import ANNA, BEN, SECRET, SlackPeer, buttons, office_of, slack_peer, until

Play = Callable[[Story], Any]
ACK_WITHIN_SECONDS = 0.5


async def _nowhere() -> Client:
    raise TemporalUnavailableError("Temporal is away.")


def test_a_click_is_acknowledged_and_kept_while_temporal_is_away_and_counts_when_it_is_back(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
        async with place.slack(_nowhere) as slack:
            begun = time.monotonic()
            answer = await slack.press(asked, Action.APPROVE)
            assert answer.status == 200
            assert time.monotonic() - begun < ACK_WITHIN_SECONDS
            await slack.private_word(ANNA, "Kept")
        async with place.working(), place.slack() as slack:
            await slack.private_word(ANNA, "plan is approved")
            status = audit_status(place.database, audit).reviews[0]
            assert [one.answer for one in status.decisions] == ["recorded"]

    play(story)


def test_a_click_without_a_worker_is_on_its_way_and_answered_later(play: Play) -> None:
    async def story(place: Workplace) -> None:
        await place.start()
        async with place.slack() as slack:
            async with place.working():
                asked = await slack.message("decide on the plan")
            await slack.press(asked, Action.APPROVE)
            await slack.private_word(ANNA, "On its way")
            async with place.working():
                await slack.private_word(ANNA, "plan is approved")
                await until(lambda: buttons(asked) == set(), "the buttons are gone")

    play(story)


@pytest.mark.timeout(60)
def test_a_stalled_database_delays_no_acknowledgement_and_loses_no_click(play: Play, tmp_path: Path) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(quorum=2))
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            blocker = sqlite3.connect(tmp_path / "audit.db", isolation_level=None)
            blocker.execute("BEGIN IMMEDIATE")
            took = []
            for user in (ANNA, BEN):
                begun = time.monotonic()
                assert (await slack.press(asked, Action.APPROVE, user)).status == 200
                took.append(time.monotonic() - begun)
            await asyncio.sleep(2 - sum(took))
            blocker.execute("ROLLBACK")
            blocker.close()

            assert max(took) < ACK_WITHIN_SECONDS
            await until(
                lambda: audit_status(place.database, audit).reviews[0].outcome is not None, "both have counted", 40
            )
            plan = next(one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.PLAN)
            assert sorted(one.answer for one in plan.decisions if one.answer) == ["recorded", "recorded"]

    play(story)


def test_a_click_kept_by_a_process_that_died_is_settled_by_the_next(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working():
            async with place.slack() as slack:
                asked = await slack.message("decide on the plan")
                payload = press(slack.workspace, asked, Action.APPROVE, ANNA)
            dying = office_of(place.server, place.database, place.evidence, place.folder, place.temporal, place.queue)
            async with slack_peer(place.server, dying) as slack:
                # What a process killed between keeping and acknowledging leaves behind, and Slack's redelivery.
                _keep_only(slack, payload)
            async with place.slack() as slack:
                again = interaction(payload, SECRET)
                again.headers["x-slack-retry-num"] = "1"
                assert (await slack.deliver(again)).status == 200
                await slack.private_word(ANNA, "plan is approved")
                (status,) = [one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.PLAN]
                assert [one.answer for one in status.decisions] == ["recorded"]

    play(story)


def _keep_only(slack: SlackPeer, payload: dict[str, Any]) -> None:
    Clicks(slack.office.database).keep(_approval(payload))


def _approval(payload: dict[str, Any]) -> Click:
    content = ToDecide(shown=Shown.model_validate_json(value_in(payload)), verdict=Verdict.APPROVE)
    return click_of(payload, ClickKind.DECIDE, content, datetime.now(UTC))


def test_a_click_replayed_to_several_processes_and_after_a_restart_counts_and_is_answered_once(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        other = office_of(place.server, place.database, place.evidence, place.folder, place.temporal, place.queue)
        async with place.working():
            async with place.slack() as one, slack_peer(place.server, other) as two:
                asked = await one.message("decide on the plan")
                click = interaction(press(one.workspace, asked, Action.APPROVE, ANNA), SECRET)
                answers = await asyncio.gather(*(peer.deliver(click) for peer in (one, two, one, two)))
                assert sorted(answer.status for answer in answers) == [200, 200, 401, 401]
                await one.private_word(ANNA, "plan is approved")
                await until(lambda: buttons(asked) == set(), "the buttons are gone")
            async with place.slack() as restarted:
                assert (await restarted.deliver(click)).status == 200
                await until(lambda: not Clicks(place.database).unanswered(), "nobody waits for an answer")
                assert len(restarted.workspace.private) == 1
                (status,) = [one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.PLAN]
                assert [one.answer for one in status.decisions] == ["recorded"]

    play(story)


def test_nothing_of_a_conversation_is_logged_by_us_or_by_the_sdk(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    secrets = (TOKEN, SECRET, ANNA, "Confidential", "Kettle Works")

    async def story(place: Workplace) -> None:
        place.server.workspace.users[ANNA]["real_name"] = "Kettle Works"
        await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            slack.workspace.refuse["views.open"] = [WorkspaceError("invalid_arguments"), TooManyRequestsError(1)]
            for _ in range(2):
                await slack.press(asked, Action.REJECT)
                await slack.private_word(ANNA, "That did not work")
                slack.workspace.private.clear()
            await slack.press(asked, Action.REJECT)
            await slack.submit(await slack.modal(Modal.REASON), reason="Confidential")
            await slack.private_word(ANNA, "rejected")

    caplog.set_level(logging.DEBUG)
    play(story)

    formatter = logging.Formatter()
    # What Temporal's SDK writes in a worker at DEBUG is kept out of its log where logging is configured.
    lines = [formatter.format(one) for one in caplog.records if not one.name.startswith("temporalio")]
    assert lines
    assert [line for line in lines if any(secret in line for secret in secrets)] == []


def test_what_the_disk_kept_moves_into_the_database_once(play: Play) -> None:
    async def story(place: Workplace) -> None:
        await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
        office = office_of(place.server, place.database, place.evidence, place.folder, place.temporal, place.queue)
        payload = press(place.server.workspace, asked, Action.APPROVE, ANNA)
        click = _approval(payload)
        spool = Spool(office.config.spool_folder)
        spool.keep(click)
        spool.keep(click)

        async with place.working():
            await settle_once(office)

        assert spool.kept() == ()
        kept = Clicks(place.database).of(click.key)
        assert kept is not None
        assert kept.state is ClickState.ANSWERED
        office.inbox.close()

    play(story)
