"""A review in Slack, from its message to its outcome, through signed requests to the real application."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Answer, Outcome
from audit_agent.slack.blocks.modals import SET_ASIDE
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import interaction, press, press_in_view
from audit_agent.slack.rehearsal.workspace import TEAM, Said
from audit_agent.store.reading import audit_status
from audit_agent.store.reviews import Reviews
from tests.integration.slack.conftest import Story, Workplace, instantly
from tests.peers.slack_server import ANNA, BEN, SECRET, buttons, until

Play = Callable[[Story], Any]


def test_an_approval_in_slack_reaches_the_audit_and_takes_the_buttons_away(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            shown = str(asked.blocks)
            assert Reviews(place.database).open_reviews(audit)[0].subject[:8] in shown
            assert {Action.APPROVE, Action.REQUEST_CHANGES, Action.REJECT, Action.DETAILS} <= buttons(asked)

            answer = await slack.press(asked, Action.APPROVE)

            assert answer.status == 200
            told = await slack.private_word(ANNA, "Recorded")
            assert "plan is approved" in told.text
            await until(lambda: buttons(asked) == set(), "the buttons are gone")
            assert "Approved" in str(asked.blocks)
            (status,) = [one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.PLAN]
            assert status.outcome is Outcome.APPROVED
            assert [one.decision.person for one in status.decisions] == [person_of(TEAM, ANNA)]

    play(story)


def test_a_rejection_asks_for_a_reason_and_carries_it(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            await slack.press(asked, Action.REJECT)
            modal = await slack.modal(Modal.REASON)

            blank = await slack.submit(modal, reason="   ")
            assert b"Give a reason" in blank.body
            await slack.submit(modal, reason="not <!channel> like *this*")

            await slack.private_word(ANNA, "rejected")
            await until(lambda: "Rejected" in str(asked.blocks), "the message says so")
            status = audit_status(place.database, audit).reviews[0]
            assert status.decisions[0].decision.reason == "not <!channel> like *this*"
            reasons = [
                text for block in asked.blocks if block["type"] == "context" for text in block["elements"]
                if "not <!channel>" in text["text"]
            ]  # fmt: skip
            assert [text["type"] for text in reasons] == ["plain_text"]

    play(story)


def test_a_double_click_and_a_redelivery_count_once(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(quorum=2))
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            payload = press(slack.workspace, asked, Action.APPROVE, ANNA)
            first = interaction(payload, SECRET)
            again = await asyncio.gather(slack.deliver(first), slack.deliver(first))
            assert sorted(one.status for one in again) == [200, 401]
            payload["trigger_id"] = slack.workspace.trigger()
            redelivered = interaction(payload, SECRET)
            redelivered.headers["x-slack-retry-num"] = "1"
            assert (await slack.deliver(redelivered)).status == 200
            await slack.private_word(ANNA, "1 more approval needed")
            await slack.press(asked, Action.APPROVE, ANNA)
            await until(lambda: len(slack.workspace.private) >= 2, "the second click is answered, too")
            status = audit_status(place.database, audit).reviews[0]
            assert status.outcome is None
            assert len(status.decisions) == 2

            await slack.press(asked, Action.APPROVE, BEN)
            await slack.private_word(BEN, "approved")

    play(story)


def test_a_click_on_what_is_decided_elsewhere_is_answered_with_the_reason(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            as_it_was = _copy(asked)
            await slack.press(asked, Action.APPROVE, BEN)
            await until(lambda: buttons(asked) == set(), "the buttons are gone")

            await slack.press(as_it_was, Action.APPROVE, ANNA)
            # The next gate may have opened by now; either way the click is told why it does not count.
            await until(lambda: len(slack.workspace.private) == 2, "the approval is answered")
            await slack.press(as_it_was, Action.REJECT, ANNA)
            await slack.private_word(ANNA, "Too late: this review is already approved")
            answers = [one.answer for one in audit_status(place.database, audit).reviews[0].decisions]
            assert answers[0] is Answer.RECORDED
            assert answers[1] in (Answer.TOO_LATE, Answer.STALE)

    play(story)


def test_guests_and_people_of_other_workspaces_decide_nothing(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        place.server.workspace.join("U0GUEST", "C0AUDITS", is_restricted=True)
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            await slack.press(asked, Action.APPROVE, "U0GUEST")
            await slack.private_word("U0GUEST", "guest")
            await slack.press(asked, Action.APPROVE, ANNA, team="T0OTHER")
            await slack.private_word(ANNA, "external")

            status = audit_status(place.database, audit).reviews[0]
            assert {one.answer for one in status.decisions} == {Answer.NOT_YOURS}
            assert status.outcome is None

    play(story)


def test_members_of_a_user_group_decide_and_nobody_else_does(play: Play) -> None:
    async def story(place: Workplace) -> None:
        place.server.workspace.groups["S0CHIEFS"] = [BEN]
        await place.start(instantly(user_groups=("S0CHIEFS",)))
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            assert "<!subteam^S0CHIEFS>" in str(asked.blocks)
            await slack.press(asked, Action.APPROVE, ANNA)
            await slack.private_word(ANNA, "not among those who decide")
            await slack.press(asked, Action.APPROVE, BEN)
            await slack.private_word(BEN, "approved")

    play(story)


def test_a_decision_can_be_undone_from_the_message(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start(instantly(undo_window=timedelta(seconds=60)))
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            await slack.press(asked, Action.APPROVE, ANNA)
            told = await slack.private_word(ANNA, "approved")
            assert buttons(told) == {Action.UNDO}
            await until(lambda: buttons(asked) == {Action.UNDO, Action.DETAILS}, "only the way back is left")

            await slack.press(asked, Action.UNDO, BEN)
            await slack.private_word(BEN, "said nothing here")
            await slack.press(asked, Action.UNDO, ANNA)

            await slack.private_word(ANNA, "Undone")
            await until(lambda: Action.APPROVE in buttons(asked), "it is open again")
            assert audit_status(place.database, audit).reviews[0].outcome is None

    play(story)


def test_details_page_through_a_plan_of_any_size(play: Play) -> None:
    async def story(place: Workplace) -> None:
        await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            await slack.press(asked, Action.DETAILS)
            modal = await slack.modal(Modal.DETAILS)
            assert "page 1 of 3" in str(modal)
            await slack.deliver(
                interaction(press_in_view(slack.workspace, modal, Action.DETAILS_PAGE_ON, ANNA), SECRET)
            )
            await until(lambda: "page 2 of 3" in str(slack.workspace.views[modal["id"]]), "the next page is shown")
            assert "S20" in str(slack.workspace.views[modal["id"]])

    play(story)


def test_findings_are_set_aside_one_by_one_and_the_rest_is_approved_together(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            await slack.press(await slack.message("decide on the plan"), Action.APPROVE)
            first = await slack.message("decide on the findings")
            assert {"F-01", "F-02"} <= set(re.findall(r"F-\d\d", str(first.blocks)))
            await slack.press(first, Action.REQUEST_CHANGES)
            modal = await slack.modal(Modal.REASON)
            (choice,) = [one for one in modal["blocks"] if one.get("block_id") == SET_ASIDE]
            assert [one["value"] for one in choice["element"]["options"]] == ["F-01", "F-02"]

            await slack.submit(modal, set_aside={"selected_options": [{"value": "F-01"}]}, reason="batch; jobs\nonly")

            second = await slack.message("decide on the findings", lambda said: said is not first)
            assert "F-01" not in str(second.blocks[1:])
            assert "F-02" in str(second.blocks)
            await slack.press(second, Action.APPROVE)
            await until(lambda: "Approved" in str(second.blocks), "the rest is approved")
            rounds = [one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.FINDINGS]
            assert [one.outcome for one in rounds] == [Outcome.CHANGES_REQUESTED, Outcome.APPROVED]
            assert rounds[0].decisions[0].decision.reason == "dismiss F-01: batch, jobs only"

    play(story)


def test_a_trigger_that_expired_is_answered_privately(play: Play) -> None:
    async def story(place: Workplace) -> None:
        await place.start()
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            payload = press(slack.workspace, asked, Action.REJECT, ANNA)
            slack.workspace.triggers[payload["trigger_id"]] -= 10
            await slack.deliver(interaction(payload, SECRET))
            await slack.private_word(ANNA, "took too long")

    play(story)


def _copy(said: Said) -> Said:
    return replace(said, blocks=list(said.blocks))
