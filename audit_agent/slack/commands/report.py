"""Reports as files."""

import asyncio

from audit_agent.domain.ids import AuditId, Person
from audit_agent.slack.office import Office
from audit_agent.slack.people import member_of
from audit_agent.slack.tell import direct
from audit_agent.store.publications import Publications


async def send_report(office: Office, person: Person, audit: AuditId, form: str) -> None:
    """Send the published report to one person; raises NotFoundError, UnknownFormatError and what Slack raises."""
    member = member_of(person)
    if member is None:
        return
    name, content = await asyncio.to_thread(rendered, office, audit, form)
    await office.api.upload(await direct(office.api, member.user), name, f"Report of {audit}", content)


def rendered(office: Office, audit: AuditId, form: str) -> tuple[str, bytes]:
    """The published report of an audit as a file: its name and its bytes."""
    digest = Publications(office.database).report(audit)
    # Reports bring templates with them, which nothing else here needs.
    from audit_agent.reports.model import AuditReport
    from audit_agent.reports.render import render

    content = render(AuditReport.model_validate_json(office.evidence.read(digest)), form)
    return f"{audit}.{form}", content
