"""A report as a file for people: from the evidence, in the format somebody asked for."""

import mimetypes
from typing import NamedTuple

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Digest


class ReportFile(NamedTuple):
    """A report in one format."""

    name: str
    """Like `AUD-2026-0001.html`."""
    media_type: str
    content: bytes


def report_file(evidence: Evidence, audit: AuditId, report: Digest, form: str) -> ReportFile:
    """The report of that digest in a format; raises UnknownFormatError, and what reading evidence raises."""
    # Reports bring templates with them, which nothing else here needs.
    from audit_agent.reports.model import AuditReport
    from audit_agent.reports.render import render

    content = render(AuditReport.model_validate_json(evidence.read(report)), form)
    name = f"{audit}.{form}"
    return ReportFile(name, mimetypes.guess_type(name)[0] or "application/octet-stream", content)
