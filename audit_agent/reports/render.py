"""Every format a report comes in, by name."""

from collections.abc import Callable, Mapping

from audit_agent.reports.errors import UnknownFormatError
from audit_agent.reports.html import render_html
from audit_agent.reports.json_report import render_json
from audit_agent.reports.markdown import render_markdown
from audit_agent.reports.model import AuditReport

FORMATS: Mapping[str, Callable[[AuditReport], bytes]] = {
    "html": render_html,
    "md": render_markdown,
    "json": render_json,
}
"""How each is written; its name is also the suffix of a file of it."""


def render(report: AuditReport, name: str) -> bytes:
    """The report in the format of that name; raises UnknownFormatError when there is none."""
    must_be_known(name)
    return FORMATS[name](report)


def must_be_known(name: str) -> None:
    """Raise UnknownFormatError when there is no format of that name."""
    if name not in FORMATS:
        raise UnknownFormatError(name, sorted(FORMATS))
