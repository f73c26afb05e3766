"""A question to a process owner: the direct message, the modal, the file, and the reply in the evidence."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit_agent.activities.contract import StepRef
from audit_agent.domain.delegation import Delegation
from audit_agent.domain.evidence_request import Question, Reply, RequestOutcome
from audit_agent.domain.ids import AuditId, Person, RequestId
from audit_agent.domain.review import Nudge
from audit_agent.handoff.attachments import LARGEST
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import home_opened, interaction, press_in_view, signed
from audit_agent.slack.rehearsal.workspace import TEAM, Said
from audit_agent.store.delegations import Delegations
from audit_agent.store.requests import EvidenceRequests, RequestStatus
from audit_agent.store.verify import verify
from tests.integration.slack.conftest import Story, Workplace, instantly
from tests.peers.slack_server import ANNA, BEN, CARLA, SECRET, SlackPeer, buttons, until
from tests.workflow.world import STEPS

Play = Callable[[Story], Any]
PDF = b"%PDF-1.7\n" + b"The signed contract. " * 100
OWNER = person_of(TEAM, BEN)


def asking(owner: Person = OWNER) -> tuple[StepRef, ...]:
    question = Question(owner=owner, question="Who signed <!channel> this?", expected="the contract", due_in_days=5)
    return (STEPS[0].model_copy(update={"requests": (question,)}), *STEPS[1:])


@asynccontextmanager
async def asked(place: Workplace) -> AsyncIterator[tuple[SlackPeer, Said, AuditId]]:
    """An audit whose plan is approved, and the message its owner has got."""
    audit = await place.start()
    async with place.working(asking()), place.slack() as slack:
        await slack.press(await slack.message("decide on the plan"), Action.APPROVE)
        yield slack, await slack.message("a question for you"), audit


def status(place: Workplace, audit: AuditId) -> RequestStatus:
    return EvidenceRequests(place.database).status(RequestId(f"{audit}/S01/1"))


async def opened(slack: SlackPeer, message: Said, user: str = BEN) -> dict[str, Any]:
    await slack.press(message, Action.ANSWER, user)
    return await slack.modal(Modal.ANSWER)


def workbook(*members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return content.getvalue()


def test_the_owner_answers_with_a_file_and_the_answer_is_evidence(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with asked(place) as (slack, message, audit):
            assert message.channel == f"D{BEN[1:]}"
            assert [block["text"]["type"] for block in message.blocks if "Who signed" in str(block)] == ["plain_text"]
            await slack.message(f"<@{BEN}> to answer")
            modal = await opened(slack, message)
            blank = await slack.submit(modal, BEN, text="  ")
            assert b"Write an answer" in blank.body

            file = slack.workspace.give("../The contract.pdf", PDF)
            await slack.submit(modal, BEN, text="Both did.", file=file)

            assert "Recorded" in (await slack.private_word(BEN, "Recorded")).text
            await until(lambda: "Answered" in str(message.blocks), "the message says so")
            assert buttons(message) == set()
            found = status(place, audit)
            assert found.reply is not None
            assert found.reply.file is not None
            assert (found.outcome, found.reply.person, found.reply.text) == (
                RequestOutcome.ANSWERED,
                OWNER,
                "Both did.",
            )
            assert (found.reply.file.name, found.reply.file.media_type) == ("The contract.pdf", "application/pdf")
            assert place.evidence.read(found.reply.file.digest) == PDF
            (told,) = EvidenceRequests(place.database).of_step(audit, found.request.step)
            assert told.evidence is not None
            assert Reply.model_validate_json(place.evidence.read(told.evidence)) == found.reply
            place.evidence.path(found.reply.file.digest).unlink()
            misfit = verify(place.database, place.evidence, audit).misfit
            assert misfit is not None

    play(story)


def test_only_the_owner_and_their_delegate_answer(play: Play) -> None:
    async def story(place: Workplace) -> None:
        now = datetime.now(UTC)
        stands_in = Delegation(
            id="d-1", delegator=OWNER, delegate=person_of(TEAM, CARLA),
            starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1),
        )  # fmt: skip
        Delegations(place.database).add(stands_in, now)
        async with asked(place) as (slack, message, audit):
            modal = await opened(slack, message, ANNA)
            await slack.submit(modal, ANNA, text="I say so.", file=slack.workspace.give("a.pdf", PDF))
            assert "does not stand in" in (await slack.private_word(ANNA, "stand in")).text
            assert "files.info" not in slack.workspace.calls

            await slack.submit(await opened_at_home(slack, CARLA), CARLA, text="Ben is away; both signed.")

            assert f"Recorded for <@{BEN}>" in (await slack.private_word(CARLA, "Recorded")).text
            await until(lambda: message.before, "the message lost its button")
            assert status(place, audit).outcome is RequestOutcome.ANSWERED
            late = await opened_late(slack, message)
            assert "already answered" in late.text

    play(story)


async def opened_at_home(slack: SlackPeer, user: str) -> dict[str, Any]:
    """The modal of somebody who has no message of their own, but stands in for whom has."""
    payload = json.dumps(home_opened(user)).encode()
    await slack.deliver(signed(payload, SECRET, "application/json"))
    home = await until(lambda: slack.workspace.homes.get(user), "the Home is there")
    await slack.deliver(interaction(press_in_view(slack.workspace, home, Action.ANSWER, user), SECRET))
    return await slack.modal(Modal.ANSWER)


async def opened_late(slack: SlackPeer, message: Said) -> Said:
    """What somebody is told who had the message open before it lost its button."""
    before = Said(message.channel, message.ts, message.text, message.before[0])
    await slack.press(before, Action.ANSWER, BEN)
    return await slack.private_word(BEN, "Too late")


NOT_TAKEN: list[tuple[bytes, dict[str, Any], str]] = [
    (PDF, {"size": LARGEST + 1}, "more than 20 MB"),
    (PDF + b"x" * LARGEST, {"size": 10}, "more than 20 MB"),
    (b"MZ\x90\x00", {}, "of a kind that is not taken"),
    (b"<!DOCTYPE html><script>", {}, "of a kind that is not taken"),
    (workbook("xl/workbook.xml", "xl/vbaProject.bin"), {}, "of a kind that is not taken"),
    (workbook("a.exe"), {}, "of a kind that is not taken"),
    (b"", {}, "of a kind that is not taken"),
    (PDF, {"url": "http://127.0.0.1:9/contract.pdf"}, "not_a_host_of_slack"),
    (PDF, {"url": "https://slack.com.evil.example/contract.pdf"}, "not_a_host_of_slack"),
]


def test_what_is_not_taken_as_a_file_is_said_privately_and_the_request_stays_open_for_what_is(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with asked(place) as (slack, message, audit):
            refusals: list[Said] = []

            def refused() -> Said | None:
                told = [one for one in slack.workspace.messages if one.text.startswith("Not taken")]
                return told[-1] if len(told) > len(refusals) else None

            for content, about, why in NOT_TAKEN:
                modal = await opened(slack, message)
                await slack.submit(modal, BEN, text="Here.", file=slack.workspace.give("a.pdf", content, **about))
                refusals.append(await until(refused, f"{BEN} is told {why!r}"))
                assert why in refusals[-1].text
                del slack.workspace.views[modal["id"]]

            assert status(place, audit).outcome is None
            assert Action.ANSWER in buttons(message)
            file = slack.workspace.give("list.xlsx", workbook("[Content_Types].xml", "xl/workbook.xml"))
            await slack.submit(await opened(slack, message), BEN, file=file)
            await slack.private_word(BEN, "Recorded")
            reply = status(place, audit).reply
            assert reply is not None
            assert reply.file is not None
            assert reply.file.media_type.endswith("spreadsheetml.sheet")

    play(story)


def test_an_answer_given_while_no_worker_runs_counts_once_one_does(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.slack() as slack:
            async with place.working(asking()):
                await slack.press(await slack.message("decide on the plan"), Action.APPROVE)
                modal = await opened(slack, await slack.message("a question for you"))
            await slack.submit(modal, BEN, text="Both did.")
            await slack.private_word(BEN, "On its way")
            async with place.working(asking()):
                await slack.private_word(BEN, "Recorded")
                await until(lambda: status(place, audit).outcome is RequestOutcome.ANSWERED, "it is answered")

    play(story)


def test_cancelling_the_audit_withdraws_the_question(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with asked(place) as (_, message, audit):
            await place.client.get_workflow_handle(audit).cancel()

            await until(lambda: "Withdrawn" in str(message.blocks), "the message says so")
            assert buttons(message) == set()
            assert status(place, audit).outcome is RequestOutcome.WITHDRAWN
            await asyncio.wait_for(_ended(place, audit), 20)

    play(story)


async def _ended(place: Workplace, audit: AuditId) -> None:
    with pytest.raises(Exception, match="Workflow"):
        await place.client.get_workflow_handle(audit).result()


def test_reminders_go_to_the_owner_and_an_escalation_to_whom_the_policy_names(play: Play) -> None:
    chief = person_of(TEAM, CARLA)

    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(escalate_to=(chief,)))
        async with place.working(asking()), place.slack() as slack:
            await slack.press(await slack.message("decide on the plan"), Action.APPROVE)
            message = await slack.message("a question for you")
            request, requests = status(place, audit).request, EvidenceRequests(place.database)

            requests.nudge(request.id, Nudge.REMIND, 1, (OWNER,), datetime.now(UTC))
            requests.nudge(request.id, Nudge.ESCALATE, 1, request.told_at(1), datetime.now(UTC))

            reminder = await slack.message("A reminder")
            assert (reminder.channel, reminder.thread_ts) == (message.channel, message.ts)
            escalated = await slack.message("has not answered yet")
            assert escalated.channel == f"D{CARLA[1:]}"
            assert buttons(escalated) == set()

    play(story)
