"""The report as Markdown (CommonMark with tables), in which no name from the books can become markup."""

import re

from markupsafe import Markup

from audit_agent.reports.model import AuditReport
from audit_agent.reports.templating import context, environment
from audit_agent.reports.wording import visible

# Inline markup anywhere; `$` opens mathematics and `:word:` an emoji on some hosts.
_INLINE = re.compile(
    r"[\\`*\[\]<>&|~$]|(?<!\w)_|_(?!\w)|:(?=//)|(?<!\d):(?=[\w+-]+:)|(?<=www)\.|(?<=mailto):|(?<=xmpp):", re.IGNORECASE
)
# What would open a block if it stood first on a line: heading, list, numbered list, rule.
_OPENING = re.compile(r"^ ?(?:(#{1,6}|[-+])(?=\s|$)|(\d{1,9})([.)])(?=\s|$)|([-=+])(?=\4*\s*$))")
_BLANKS = re.compile(r"\s+")
_BACKTICKS = re.compile(r"`+")


def escape_markdown(text: str) -> str:
    """The text on one line, with every character that Markdown would act on disarmed by a backslash."""
    line = _INLINE.sub(lambda match: "\\" + match[0], _BLANKS.sub(" ", text))
    return _OPENING.sub(lambda match: f"{match[2]}\\{match[3]}" if match[2] else "\\" + match[0].lstrip(), line)


def paragraphs(text: str) -> Markup:
    """Prose with each blank line as the end of a paragraph."""
    parts = re.split(r"\n\s*\n", visible(text.replace("\r\n", "\n")))
    return Markup("\n\n".join(escape_markdown(part.strip()) for part in parts if part.strip()))


def fenced(text: str, language: str) -> Markup:
    """A code block whose fence is longer than any run of backticks inside it."""
    fence = "`" * max(3, *(len(run) + 1 for run in _BACKTICKS.findall(text)), 3)
    return Markup(f"{fence}{language}\n{visible(text).rstrip()}\n{fence}")


_ENVIRONMENT = environment(escape_markdown)
_ENVIRONMENT.filters |= {"paragraphs": paragraphs, "fenced": fenced}


def render_markdown(report: AuditReport) -> bytes:
    """The report as Markdown in UTF-8."""
    return _ENVIRONMENT.get_template("report.md.j2").render(context(report)).encode()
