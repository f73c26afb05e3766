"""`/audit report ID [format]`: the report as a file and as a link, to whoever asks."""

import asyncio

from audit_agent.domain.ids import AuditId, Person
from audit_agent.handoff.report_files import ReportFile, report_file
from audit_agent.slack.blocks.text import date
from audit_agent.slack.office import Office
from audit_agent.slack.people import member_of
from audit_agent.slack.tell import direct
from audit_agent.store.publications import Publications


async def send_report(office: Office, person: Person, audit: AuditId, form: str) -> None:
    """Send the published report to one person; raises NotFoundError, UnknownFormatError and what Slack raises."""
    member = member_of(person)
    if member is None:
        return
    file = await asyncio.to_thread(rendered, office, audit, form)
    await office.api.upload(await direct(office.api, member.user), file.name, f"Report of {audit}", file.content)


def rendered(office: Office, audit: AuditId, form: str) -> ReportFile:
    """The published report of an audit as a file."""
    return report_file(office.evidence, audit, Publications(office.database).report(audit), form)


def link_to(office: Office, audit: AuditId, form: str, recipient: Person) -> str:
    """A link to the published report in mrkdwn, with how long it is good; empty where no links are made."""
    if office.links is None:
        return ""
    at = office.clock()
    url = office.links.issue(audit, form, recipient, at)
    return f"<{url}|Open it in the browser> until {date(office.links.expires_at(at))}."
