"""The report as one self-contained HTML file: no script, nothing fetched, made to be read and to be printed."""

from html import escape

from markupsafe import Markup

from audit_agent.reports.model import AuditReport
from audit_agent.reports.templating import context, environment
from audit_agent.reports.wording import visible

_ENVIRONMENT = environment(escape)


def paragraphs(text: str) -> Markup:
    """Prose with each blank line as the end of a paragraph."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("\n").join(Markup('<p dir="auto">{}</p>').format(visible(part)) for part in parts if part)


_ENVIRONMENT.filters["paragraphs"] = paragraphs


def render_html(report: AuditReport) -> bytes:
    """The report as HTML in UTF-8."""
    return _ENVIRONMENT.get_template("report.html.j2").render(context(report)).encode()
