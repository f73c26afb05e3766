"""What a script of an investigation by rule consists of, and how it reads results."""

from collections.abc import Callable
from typing import NamedTuple

from audit_agent.domain.investigation import Judgement
from audit_agent.domain.investigation_paper import ResultRow, ToolCall, ToolResult
from audit_agent.domain.investigation_tools import ROWS
from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.llm.contexts import InvestigationContext

MOST_CITED = 6
"""Rows one statement cites; their result has them all."""


class Outcome(NamedTuple):
    """What a script makes of one exception."""

    judgement: Judgement
    text: str
    citations: tuple[str, ...]


class Script(NamedTuple):
    """Look-ups for one exception, and what follows from their results."""

    looks_for: str
    calls: Callable[[InvestigationContext, ExceptionItem], list[ToolCall]]
    conclude: Callable[[InvestigationContext, ExceptionItem], Outcome]


class Seen(NamedTuple):
    """What a look-up gave; nothing where it was not made, or could not be."""

    ref: str
    rows: tuple[ResultRow, ...]

    @property
    def citations(self) -> tuple[str, ...]:
        """The result, and the first of its rows."""
        rows = [row.cite for row in self.rows[:MOST_CITED] if row.cite]
        return (self.ref, *rows) if self.ref else ()


def seen(context: InvestigationContext, call: ToolCall) -> Seen:
    """What this look-up gave."""
    found: ToolResult | None = next((result for result in context.results if result.call == call), None)
    return Seen("", ()) if found is None else Seen(found.ref, found.rows)


def rows(table: str, **filters: str) -> ToolCall:
    """A look-up of rows by exact values."""
    return ToolCall(tool=ROWS, arguments={"table": table, **filters})


def explained(text: str, *citations: str) -> Outcome:
    """There is an innocent explanation."""
    return Outcome(Judgement.EXPLAINED, text, citations)


def confirmed(text: str, *citations: str) -> Outcome:
    """The exception stands."""
    return Outcome(Judgement.CONFIRMED, text, citations)


def unclear(text: str, *citations: str) -> Outcome:
    """Neither could be shown."""
    return Outcome(Judgement.UNDETERMINED, text, citations)
