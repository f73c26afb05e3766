"""The analyst: whoever plans, drafts findings and writes. People decide on all of it."""

from collections.abc import Callable
from typing import Protocol

from audit_agent.domain.finding import FindingSet
from audit_agent.domain.investigation import Conclusion
from audit_agent.domain.investigation_paper import Turn
from audit_agent.domain.plan import Plan
from audit_agent.llm.contexts import FindingContext, InvestigationContext, PlanningContext, SummaryContext

Check = Callable[[Conclusion], tuple[str, ...]]
"""What is wrong with a conclusion, in words; empty when every statement stands on what it cites."""


class Analyst(Protocol):
    """Plans and writes. Every figure in what it returns is computed by code."""

    @property
    def name(self) -> str:
        """Who it is, for the report: `offline-rules/1`, or a model's name."""
        ...

    async def draft_plan(self, context: PlanningContext) -> Plan:
        """The first version of a plan; raises PlanNotValidError."""
        ...

    async def revise_plan(self, context: PlanningContext, plan: Plan, comments: tuple[str, ...]) -> Plan:
        """The next version, with what was done about each comment; raises PlanNotValidError."""
        ...

    async def investigate(self, context: InvestigationContext, check: Check) -> Turn:
        """The next turn of an investigation: tool calls, or a conclusion that stands the check."""
        ...

    async def draft_findings(
        self, context: FindingContext, version: int, previous: FindingSet | None, comments: tuple[str, ...]
    ) -> FindingSet:
        """Findings from the workpapers; with `previous` and comments, the next version of them."""
        ...

    async def write_summary(self, context: SummaryContext) -> str:
        """The report's summary in prose."""
        ...

    async def close(self) -> None:
        """Finish what is under way, and close connections."""
        ...
