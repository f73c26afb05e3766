"""`/audit schedule`, through signed requests."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from audit_agent.clock import system_clock
from audit_agent.domain.ids import Person
from audit_agent.handoff.schedule_file import definition_from
from audit_agent.handoff.schedules import create_schedule
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import command, signed
from audit_agent.slack.rehearsal.workspace import TEAM
from audit_agent.temporal.schedules import Schedules
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.slack_server import ANNA, BEN, CHANNEL, SECRET, office_of, slack_peer

Play = Callable[[Story], Any]

CREATE = "schedule create close general journal.csv previous-month monthly on business day 3 at 07:00 Europe/Berlin"


async def names(place: Workplace) -> list[str]:
    return [one.definition.name for one in await Schedules(place.client, place.queue).all()]


def test_a_schedule_made_in_slack_audits_what_was_named_and_reports_where_it_was_made(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            books = place.folder / "books" / "journal.csv"
            books.write_text("Journal_ID\n1\n", encoding="utf-8")
            await slack.say(CREATE)
            await slack.private_word(ANNA, "The schedule close is made.")
            (made,) = await Schedules(place.client, place.queue).all()
            await slack.say("schedule show close")
            shown = await slack.private_word(ANNA, "Note: made by")

        assert (made.definition.books, made.definition.channel) == (str(books.resolve()), CHANNEL)
        assert made.definition.requester == person_of(TEAM, ANNA)
        assert "monthly on business day 3 at 07:00 Europe/Berlin" in str(shown.blocks)

    play(story)


def test_a_schedule_is_paused_resumed_and_deleted(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            (place.folder / "books" / "journal.csv").write_text("Journal_ID\n1\n", encoding="utf-8")
            await slack.say(CREATE)
            await slack.private_word(ANNA, "is made")
            await slack.say("schedule pause close books are moving")
            await slack.private_word(ANNA, "close is paused.")
            await slack.say("schedule list")
            listed = await slack.private_word(ANNA, "Schedules")
            await slack.say("schedule resume close")
            await slack.private_word(ANNA, "close is resumed.")
            await slack.say("schedule delete close")
            await slack.private_word(ANNA, "The schedule close is deleted.")
            assert await names(place) == []

        assert "*paused*" in str(listed.blocks)

    play(story)


def test_a_command_replayed_to_another_process_begins_no_second_audit(play: Play) -> None:
    async def story(place: Workplace) -> None:
        other = office_of(place.server, place.database, place.evidence, place.folder, place.temporal, place.queue)
        async with place.slack() as one, slack_peer(place.server, other) as two:
            (place.folder / "books" / "journal.csv").write_text("Journal_ID\n1\n", encoding="utf-8")
            await one.say(CREATE)
            await one.private_word(ANNA, "is made")
            fields = command(one.workspace, "schedule trigger close", ANNA, CHANNEL)
            again = signed(urlencode(fields).encode(), SECRET)
            assert [(await peer.deliver(again)).status for peer in (one, two)] == [200, 200]
            await one.private_word(ANNA, "came before")
            await one.private_word(ANNA, "close begins an audit.")
            await Schedules(place.client, place.queue).delete("close")

        assert len([said for said in one.workspace.private if "begins an audit" in said.text]) == 1

    play(story)


def test_what_cannot_be_used_is_answered_with_the_reason_and_changes_nothing(play: Play) -> None:
    async def story(place: Workplace) -> None:
        async with place.slack() as slack:
            for words, told in (
                ("schedule create close general ../secret previous-month daily at 06:00 UTC", "books folder"),
                ("schedule show <!channel>", "There is no schedule &lt;!channel&gt;"),
                ("schedule pause close", "There is no schedule close"),
                ("schedule dance", "How to write it"),
            ):
                await slack.say(words)
                await slack.private_word(ANNA, told)
            assert await names(place) == []

    play(story)


def test_only_members_whom_the_policy_names_or_who_ask_for_the_audits_change_a_schedule(play: Play) -> None:
    async def story(place: Workplace) -> None:
        policy = place.folder / "policy.yaml"
        policy.write_text(f"every_gate:\n  eligible: ['{person_of(TEAM, BEN)}']\n", encoding="utf-8")
        fields = {
            "name": "close", "program": "general", "books": "/books", "period": "previous-month",
            "when": "daily at 06:00 UTC", "policy": str(policy),
        }  # fmt: skip
        schedules = Schedules(place.client, place.queue)
        await create_schedule(schedules, definition_from(fields), Person("user:carla"), system_clock())
        place.server.workspace.join("U0GUEST", CHANNEL, is_restricted=True)
        async with place.slack() as slack:
            for user, told in (
                ("U0GUEST", "Only members of this workspace"),
                (ANNA, "Only whoever asks for the audits of close"),
                (BEN, "The schedule close is deleted."),
            ):
                assert await names(place) == ["close"]
                await slack.say("schedule delete close", user)
                await slack.private_word(user, told)
        assert await names(place) == []

    play(story)
