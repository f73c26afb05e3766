"""Slack beside the terminal and the timers: a decision made elsewhere, taken back, or that nobody made in time."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from audit_agent.cli.main import run
from audit_agent.domain.ids import AuditId
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Outcome
from audit_agent.slack.names import Action
from audit_agent.store.reading import ReviewStatus, audit_status
from tests.integration.slack.conftest import Story, Workplace, instantly
from tests.peers.slack_server import buttons, until

Play = Callable[[Story], Any]
AGREES_WITHIN_SECONDS = 2.0
BUSY_MACHINE_SECONDS = 30.0
REFUSED = 4


@pytest.fixture
def at_the_terminal(workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that works with the same database and the same Temporal."""
    monkeypatch.setenv("AUDIT_AGENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUDIT_AGENT_DATABASE_URL", f"sqlite:///{tmp_path / 'audit.db'}")
    monkeypatch.setenv("TEMPORAL_ADDRESS", workplace.client.service_client.config.target_host)
    monkeypatch.setenv("AUDIT_AGENT_USER", "anna")


async def terminal(*words: str) -> int:
    """Run a command; its exit code."""
    return await asyncio.to_thread(run, words)


def plan_review(place: Workplace, audit: AuditId) -> ReviewStatus:
    return next(one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.PLAN)


@pytest.mark.usefixtures("at_the_terminal")
def test_slack_agrees_with_the_terminal_within_two_seconds_of_a_decision_and_of_taking_it_back(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(undo_window=timedelta(minutes=1)))
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            for command, left in (("approve", Action.UNDO), ("undo", Action.APPROVE)):
                assert await terminal(command, audit, "plan") == 0
                await until(lambda left=left: left in buttons(asked), f"{command} is shown", BUSY_MACHINE_SECONDS)  # type: ignore[misc]
                answered = plan_review(place, audit).decisions[-1].answered_at
                assert answered is not None
                assert asked.changed_at - answered.timestamp() < AGREES_WITHIN_SECONDS
            assert plan_review(place, audit).outcome is None

    play(story)


def test_slack_takes_the_buttons_away_within_two_seconds_of_an_expiry(
    play: Play, temporal: WorkflowEnvironment
) -> None:
    async def story(place: Workplace) -> None:
        rules = instantly(reminders=0, escalate_after=None, expire_after=timedelta(hours=1))
        audit = await place.start(rules)
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            assert Action.APPROVE in buttons(asked)
            handle = place.client.get_workflow_handle(audit)
            passing = asyncio.create_task(temporal.fast_forward(handle, timedelta(hours=2)))
            await until(
                lambda: plan_review(place, audit).outcome is Outcome.EXPIRED, "it expires", BUSY_MACHINE_SECONDS
            )
            expired = time.time()

            await until(lambda: buttons(asked) == set(), "the buttons are gone", BUSY_MACHINE_SECONDS)

            assert asked.changed_at - expired < AGREES_WITHIN_SECONDS
            assert "xpired" in str(asked.blocks)
            await passing

    play(story)


@pytest.mark.usefixtures("at_the_terminal")
def test_a_decision_is_taken_back_on_the_terminal_while_its_window_is_open(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(undo_window=timedelta(minutes=1)))
        async with place.working():
            await until(lambda: audit_status(place.database, audit).reviews, "the plan waits", BUSY_MACHINE_SECONDS)
            assert await terminal("approve", audit, "plan") == 0
            assert plan_review(place, audit).decisions[-1].outcome is Outcome.APPROVED

            assert await terminal("undo", audit, "plan", "--as", "ben") == REFUSED
            assert "said nothing here" in capsys.readouterr().err
            assert await terminal("undo", audit, "plan") == 0
            assert await terminal("undo", audit, "plan") == REFUSED

            review = plan_review(place, audit)
            assert review.outcome is None
            assert [one.undid for one in review.decisions if one.undid] == [review.decisions[0].decision.id]

    play(story)


@pytest.mark.usefixtures("at_the_terminal")
def test_a_decision_is_not_taken_back_once_its_window_is_over(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(undo_window=timedelta(seconds=1)))
        async with place.working():
            await until(lambda: audit_status(place.database, audit).reviews, "the plan waits", BUSY_MACHINE_SECONDS)
            assert await terminal("approve", audit, "plan") == 0
            await until(lambda: plan_review(place, audit).outcome, "the window is over", BUSY_MACHINE_SECONDS)

            assert await terminal("undo", audit, "plan") == REFUSED

            assert "Too late to undo" in capsys.readouterr().err
            assert plan_review(place, audit).outcome is Outcome.APPROVED

    play(story)
