"""Template environments in which data is escaped unless a template says otherwise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from audit_agent.domain.wording import counted
from audit_agent.reports import wording
from audit_agent.reports.chart import bar_chart
from audit_agent.reports.figure import figures
from audit_agent.reports.model import AuditReport
from audit_agent.reports.parts import ExceptionLine, FindingPart
from audit_agent.reports.places import places
from audit_agent.reports.spending import spend_in_words

TEMPLATES = Path(__file__).parent / "templates"

EXAMPLES_SHOWN = 5
"""Exceptions shown inside a finding; the step's table has the rest."""


def environment(escape: Callable[[str], str]) -> Environment:
    """An environment that passes every value through `escape` before it is written.

    Markup, which only templates themselves and filters that escape make, is written as it is.
    """

    def finalize(value: Any) -> Markup:
        return value if isinstance(value, Markup) else Markup(escape(wording.visible(str(value))))

    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("amount", "figure", "measure", "moment", "number", "percent", "seconds", "stated"):
        env.filters[name] = getattr(wording, name)
    env.filters |= {"counted": counted, "places": places, "examples": examples, "chart": bar_chart, "zip": zip}
    env.filters |= {"spend_in_words": spend_in_words, "figures": figures}
    return env


def context(report: AuditReport) -> dict[str, Any]:
    """What every template may use."""
    body = report.report
    return {
        "report": body,
        "run": report.run,
        "exceptions": {line.ref: line for result in body.results for line in result.exceptions},
        "dash": wording.DASH,
    }


def examples(finding: FindingPart, lines: dict[str, ExceptionLine]) -> list[ExceptionLine]:
    """The exceptions shown inside a finding, of those the report lists."""
    return [lines[ref] for ref in finding.exceptions if ref in lines][:EXAMPLES_SHOWN]
