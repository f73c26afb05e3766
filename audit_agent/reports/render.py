"""Every format a report comes in, by name."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from audit_agent.reports.errors import UnknownFormatError
from audit_agent.reports.html import render_html
from audit_agent.reports.json_report import render_json
from audit_agent.reports.markdown import render_markdown
from audit_agent.reports.model import AuditReport


class Format(NamedTuple):
    """A format: how it is written, and how a file of it is named and served."""

    render: Callable[[AuditReport], bytes]
    suffix: str
    media_type: str


FORMATS: Mapping[str, Format] = {
    "html": Format(render_html, ".html", "text/html; charset=utf-8"),
    "md": Format(render_markdown, ".md", "text/markdown; charset=utf-8"),
    "json": Format(render_json, ".json", "application/json"),
}


def render(report: AuditReport, name: str) -> bytes:
    """The report in the format of that name; raises UnknownFormatError when there is none."""
    if name not in FORMATS:
        raise UnknownFormatError(name, sorted(FORMATS))
    return FORMATS[name].render(report)
