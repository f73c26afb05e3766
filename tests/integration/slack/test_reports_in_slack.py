"""The published report in Slack: a file, and a link beside it."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from audit_agent.clock import system_clock
from audit_agent.domain.ids import AuditId
from audit_agent.handoff.report_files import ReportFile
from audit_agent.handoff.report_links import ReportLinks
from audit_agent.slack.office import Office
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.words import Event
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.published import published_audit
from tests.peers.slack_server import ANNA, CHANNEL, office_of, slack_peer, until

Play = Callable[[Story], Any]
AUDIT = AuditId("AUD-2026-0001")
ADDRESS = "https://audits.example.com"


def links_of(place: Workplace) -> ReportLinks:
    return ReportLinks(place.database, place.evidence, ADDRESS, ["k" * 32], timedelta(days=7))


def an_office(place: Workplace, links: ReportLinks | None = None) -> Office:
    """An office where an audit has its report."""
    published_audit(place.database, place.evidence, AUDIT, datetime.now(UTC))
    return office_of(place.server, place.database, place.evidence, place.folder, place.temporal, links=links)


def opened(links: ReportLinks, shown: Any) -> ReportFile:
    """What the link in a message opens."""
    found = re.search(rf"<{ADDRESS}/reports/([^|>]+)\|", str(shown))
    assert found, f"there is no link in {shown}"
    return links.open(found[1], system_clock())


def readers(place: Workplace) -> list[str]:
    with place.database.read() as session:
        return [row.actor for row in session.query(LogRow).where(LogRow.event == Event.REPORT_OPENED)]


def test_a_link_made_for_the_channel_stands_beside_the_uploaded_report(play: Play) -> None:
    async def story(place: Workplace) -> None:
        links = links_of(place)
        office = an_office(place, links)
        async with slack_peer(place.server, office) as slack:
            card = await slack.message("Steps done")
            beside = await slack.message("Open it in the browser")
            file = await until(
                lambda: next((one for one in slack.workspace.files.values() if one.channel), None), "it is shared"
            )

            assert (file.name, file.thread_ts, beside.thread_ts) == (f"{AUDIT}.html", card.ts, card.ts)
            assert await asyncio.to_thread(opened, links, beside.blocks) == (file.name, "text/html", file.content)
            assert readers(place) == [f"channel:{office.config.team}/{CHANNEL}"]

    play(story)


def test_whoever_asks_for_a_report_gets_the_file_and_a_link_of_their_own(play: Play) -> None:
    async def story(place: Workplace) -> None:
        links = links_of(place)
        office = an_office(place, links)
        async with slack_peer(place.server, office) as slack:
            await slack.say(f"report {AUDIT} md")
            told = await slack.private_word(ANNA, "in your direct messages")
            (file,) = [one for one in slack.workspace.files.values() if one.channel == f"D{ANNA[1:]}"]

            assert file.name == f"{AUDIT}.md"
            assert await asyncio.to_thread(opened, links, told.text) == (file.name, "text/markdown", file.content)
            assert readers(place) == [f"slack:{office.config.team}/{ANNA}"]
            await slack.say(f"report {AUDIT} docx")
            await slack.private_word(ANNA, "no report format 'docx'")

    play(story)


def test_without_an_address_no_link_is_shown(play: Play) -> None:
    async def story(place: Workplace) -> None:
        office = an_office(place)
        async with slack_peer(place.server, office) as slack:
            await slack.say(f"report {AUDIT}")
            told = await slack.private_word(ANNA, "in your direct messages")
            shared = slack.workspace.files.values()
            await until(lambda: [one for one in shared if one.channel == CHANNEL], "the report is shared")

            assert "browser" not in told.text + str(slack.workspace.messages)

    play(story)
