"""The report as canonical JSON: sorted keys, no blanks, amounts as text."""

from audit_agent.domain.record import canonical_json
from audit_agent.reports.model import AuditReport


def render_json(report: AuditReport) -> bytes:
    """The report's canonical bytes. The block under `report` is the same for the same content."""
    return canonical_json(report)
