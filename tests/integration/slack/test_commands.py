"""`/audit` and what it opens, the Home, and files, through signed requests."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit_agent.domain.audit import Phase
from audit_agent.domain.directory import Account
from audit_agent.domain.review import Verdict
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import home_opened, interaction, press, press_in_view, signed
from audit_agent.slack.rehearsal.workspace import TEAM, WorkspaceError
from audit_agent.store.audits import Audits
from audit_agent.store.delegations import Delegations
from audit_agent.store.people import People
from audit_agent.store.reading import audit_status
from audit_agent.store.summaries import list_audits
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.slack_server import ANNA, BEN, CARLA, CHANNEL, SECRET, SlackPeer, buttons, buttons_in, until

Play = Callable[[Story], Any]


def test_help_names_every_word_and_an_unknown_word_leads_to_it(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            await slack.say("")
            assert "/audit start" in str((await slack.private_word(ANNA, "What /audit can do")).blocks)
            await slack.say("destroy <!channel>")
            await slack.private_word(ANNA, "There is no 'destroy'")

    play(story)


async def started(slack: SlackPeer, **fields: Any) -> Any:
    """Fill in the start modal."""
    await slack.say("start")
    view = await slack.modal(Modal.START)
    values = {
        "program": {"selected_option": {"value": "general"}},
        "books": "journal.csv",
        "channel": {"selected_conversation": CHANNEL},
        **fields,
    }
    return await slack.submit(view, **values)


def test_an_audit_started_in_slack_answers_with_its_id_at_once_and_shows_its_card(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            books = place.folder / "books" / "journal.csv"
            books.write_text("Journal_ID\n1\n", encoding="utf-8")
            await started(slack, period="2025-Q3", budget="2.50")

            told = await slack.private_word(ANNA, "AUD-")
            (audit,) = list_audits(place.database)
            assert audit.id in told.text
            request = Audits(place.database).request(audit.id)
            assert (request.requester, request.channel) == (person_of(TEAM, ANNA), CHANNEL)
            assert (str(request.budget), str(request.period)) == ("2.50", "2025-07-01 to 2025-09-30")
            assert Path(request.books) == books.resolve()
            card = await slack.message("Steps done")
            assert buttons(card) == {Action.STATUS, Action.FOLLOW}

    play(story)


def test_what_cannot_be_started_is_said_in_the_modal_field_by_field(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            outside = place.folder / "secret.csv"
            outside.write_text("x", encoding="utf-8")
            wrong = {
                "program": {"selected_option": {"value": "no-such-programme"}},
                "books": "../secret.csv",
                "period": "last year",
                "documents": "/etc",
                "budget": "-1",
                "channel": {"selected_conversation": ""},
            }

            answer = await started(slack, **wrong)

            errors = json.loads(answer.body)["errors"]
            assert set(errors) == set(wrong)
            assert "books folder" in errors["books"]
            assert "books folder" in errors["documents"]
            assert "last year" in errors["period"]
            assert "no amount above zero" in errors["budget"]
            assert list_audits(place.database) == ()

    play(story)


def test_a_submitted_start_that_is_delivered_again_starts_one_audit(play: Play) -> None:
    from audit_agent.slack.rehearsal.clicking import submission

    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            (place.folder / "books" / "journal.csv").write_text("Journal_ID\n1\n", encoding="utf-8")
            await slack.say("start")
            view = await slack.modal(Modal.START)
            values = {
                "program": {"selected_option": {"value": "general"}},
                "books": "journal.csv",
                "channel": {"selected_conversation": CHANNEL},
            }
            for trigger in ("one", "two"):
                payload = {**submission(view, values, ANNA), "trigger_id": trigger}
                assert (await slack.deliver(interaction(payload, SECRET))).status == 200
            await slack.private_word(ANNA, "AUD-")
            assert len(list_audits(place.database)) == 1

    play(story)


def test_status_and_lists_answer_privately(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            await slack.message("decide on the plan")
            await slack.say(f"status {audit.lower()}")
            await slack.private_word(ANNA, f"{audit} is waiting for plan review")
            await slack.say("list")
            assert audit in str((await slack.private_word(ANNA, "Audits")).blocks)
            await slack.say("reviews")
            listed = await slack.private_word(ANNA, "Waiting for a decision")
            assert buttons(listed) == {Action.DETAILS}
            await slack.say("status AUD-1999-0001")
            await slack.private_word(ANNA, "There is no audit AUD-1999-0001")
            await slack.say(f"report {audit}")
            await slack.private_word(ANNA, "no published report")

    play(story)


def test_an_audit_is_cancelled_with_a_reason_by_those_the_policy_names_only(play: Play) -> None:
    async def story(place: Workplace) -> None:
        from tests.integration.slack.conftest import instantly

        audit = await place.start(instantly(eligible=(person_of(TEAM, ANNA),)))
        async with place.working(), place.slack() as slack:
            await slack.message("decide on the plan")
            for user in (BEN, ANNA):
                slack.workspace.views.clear()
                await slack.say(f"cancel {audit}", user)
                view = await slack.modal(Modal.CANCEL)
                assert b"Give a reason" in (await slack.submit(view, user, reason=" ")).body
                await slack.submit(view, user, reason="wrong books")
                words = "is being cancelled" if user == ANNA else "Only whoever asked"
                await slack.private_word(user, words)
            await until(
                lambda: audit_status(place.database, audit).audit.phase is Phase.CANCELLED, "the audit is cancelled"
            )

    play(story)


def test_members_of_a_user_group_and_those_with_a_role_cancel_and_it_fails_closed(play: Play) -> None:
    async def story(place: Workplace) -> None:
        from tests.integration.slack.conftest import instantly

        rules = instantly(user_groups=("S0CHIEFS",), roles=("controller",))
        audit = await place.start(rules)
        place.server.workspace.join("U0GUEST", CHANNEL, is_restricted=True)
        People(place.database).put(Account(person=person_of(TEAM, CARLA), roles=("controller",)), datetime.now(UTC))
        async with place.working(), place.slack() as slack:

            async def cancels(user: str) -> None:
                slack.workspace.views.clear()
                await slack.say(f"cancel {audit}", user)
                await slack.submit(await slack.modal(Modal.CANCEL), user, reason="wrong books")

            await slack.message("decide on the plan")
            await cancels(BEN)
            await slack.private_word(BEN, "cannot be looked up now")
            slack.workspace.groups["S0CHIEFS"] = [BEN]
            await cancels(ANNA)
            await slack.private_word(ANNA, "Only whoever asked")
            await cancels("U0GUEST")
            await slack.private_word("U0GUEST", "only members decide")
            await cancels(BEN)
            await slack.private_word(BEN, "is being cancelled")
            await until(
                lambda: audit_status(place.database, audit).audit.phase is Phase.CANCELLED, "the audit is cancelled"
            )
            slack.workspace.refuse["users.info"] = [WorkspaceError("fatal_error")]
            await cancels(CARLA)
            await slack.private_word(CARLA, "cannot be looked up now")
            await cancels(CARLA)
            # She may; only there is nothing left to cancel.
            await slack.private_word(CARLA, "has ended already")

    play(story)


def test_the_home_shows_what_waits_what_is_followed_and_who_stands_in(play: Play) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()
        async with place.working(), place.slack() as slack:
            await slack.message("decide on the plan")
            card = await slack.message("Steps done")
            await slack.press(card, Action.FOLLOW)
            await slack.private_word(ANNA, "You follow")
            await slack.say(f"delegate <@{BEN}|ben> 2026-01-01 2199-12-31")
            await slack.private_word(ANNA, "decides for you")

            event = json.dumps(home_opened(ANNA)).encode()
            await slack.deliver(signed(event, SECRET, "application/json"))
            home = await until(lambda: slack.workspace.homes.get(ANNA), "the Home is published")

            assert str(home).count(audit) >= 2
            assert f"<@{BEN}> decides for <@{ANNA}>" in str(home)
            assert {Action.DETAILS, Action.STATUS} <= buttons_in(home["blocks"])
            await slack.deliver(interaction(press_in_view(slack.workspace, home, Action.STATUS, ANNA), SECRET))
            await slack.modal(Modal.STATUS)

    play(story)


def test_a_delegate_decides_for_the_delegator_and_is_named_so(play: Play) -> None:
    async def story(place: Workplace) -> None:
        from tests.integration.slack.conftest import instantly

        audit = await place.start(instantly(eligible=(person_of(TEAM, ANNA),)))
        async with place.working(), place.slack() as slack:
            asked = await slack.message("decide on the plan")
            await slack.press(asked, Action.APPROVE, BEN)
            await slack.private_word(BEN, "not among those who decide")
            today = datetime.now(UTC).date()
            await slack.say(f"delegate <@{BEN}> {today.replace(day=1)} {today.replace(year=today.year + 1, day=1)}")
            await slack.private_word(ANNA, "decides for you")
            assert [one.delegate for one in Delegations(place.database).all()] == [person_of(TEAM, BEN)]
            await slack.press(asked, Action.APPROVE, BEN)
            await slack.private_word(BEN, "approved")
            await until(lambda: f"<@{BEN}> for <@{ANNA}> approved" in str(asked.blocks), "the message names both")
            taken = audit_status(place.database, audit).reviews[0].decisions[-1]
            assert (taken.decision.verdict, taken.on_behalf_of) == (Verdict.APPROVE, person_of(TEAM, ANNA))

    play(story)


def test_a_delegation_that_makes_no_sense_is_refused(play: Play) -> None:
    async def story(place: Workplace) -> None:
        place.server.workspace.join("U0GUEST", CHANNEL, is_restricted=True)
        async with place.slack() as slack:
            for words, answer in (
                ("delegate", "Write: "),
                (f"delegate <@{BEN}> soon later", "is no day"),
                (f"delegate <@{ANNA}> 2026-01-01 2026-01-02", "no delegation"),
                (f"delegate <@{BEN}> 2026-02-01 2026-01-02", "no delegation"),
                ("delegate <@U0GUEST> 2026-01-01 2026-01-02", "Only members"),
            ):
                slack.workspace.private.clear()
                await slack.say(words)
                await slack.private_word(ANNA, answer)
            assert Delegations(place.database).all() == ()

    play(story)


def test_a_button_of_an_audit_that_is_not_there_is_answered(play: Play) -> None:
    async def story(place: Workplace) -> None:
        await place.start()
        async with place.slack() as slack:
            card = await slack.message("Steps done")
            payload = press(slack.workspace, card, Action.STATUS, ANNA)
            payload["actions"][0]["value"] = "AUD-1999-0001"
            await slack.deliver(interaction(payload, SECRET))
            await slack.private_word(ANNA, "There is no audit")

    play(story)
