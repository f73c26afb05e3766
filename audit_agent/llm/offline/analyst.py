"""The offline analyst."""

from audit_agent.domain.catalogue import Catalogue
from audit_agent.domain.finding import Finding, FindingSet
from audit_agent.domain.investigation_paper import Turn
from audit_agent.domain.plan import Plan, plan_problems
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.analyst import Check
from audit_agent.llm.contexts import FindingContext, InvestigationContext, PlanningContext, SummaryContext
from audit_agent.llm.errors import PlanNotValidError
from audit_agent.llm.finding_sets import finding_set, not_understood, standing_of
from audit_agent.llm.offline.findings import finding_by_rule
from audit_agent.llm.offline.investigation import turn_by_rule
from audit_agent.llm.offline.plans import plan_by_rule
from audit_agent.llm.offline.revision import PlanRevision, plan_as_asked
from audit_agent.llm.offline.summary import summary_by_rule

NAME = "offline-rules/1"


class OfflineAnalyst:
    """Works by rules alone: no key, no network, and the same result every time."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @property
    def name(self) -> str:
        """Who it is, for the report."""
        return NAME

    async def draft_plan(self, context: PlanningContext) -> Plan:
        """Every procedure of the programme that the books allow; raises PlanNotValidError when there is none."""
        plan = plan_by_rule(context, self._catalogue, self.name)
        if context.asked is not None:
            plan = plan_as_asked(plan, context.asked, context, self._catalogue)
        return self._valid(plan, context)

    async def revise_plan(self, context: PlanningContext, plan: Plan, comments: tuple[str, ...]) -> Plan:
        """The next version, as far as the comments are in the vocabulary of `llm.comments`."""
        return self._valid(PlanRevision(context, self._catalogue, plan).apply(comments, self.name), context)

    async def investigate(self, context: InvestigationContext, check: Check) -> Turn:
        """The next turn of the procedure's script; undetermined where there is no script, or its conclusion fails."""
        return turn_by_rule(context, check, self.name)

    async def draft_findings(
        self, context: FindingContext, version: int, previous: FindingSet | None, comments: tuple[str, ...]
    ) -> FindingSet:
        """One finding per workpaper with exceptions."""
        standing = standing_of(context, previous, comments)
        standing.answers += (not_understood(text) for text in standing.open_comments)

        async def draft(ref: str, paper: Workpaper) -> Finding:
            return finding_by_rule(ref, paper, context)

        return await finding_set(context, standing, version, draft, self.name)

    async def write_summary(self, context: SummaryContext) -> str:
        """Scope, work done, findings, and what was not done."""
        return summary_by_rule(context)

    async def close(self) -> None:
        """Nothing is under way."""

    def _valid(self, plan: Plan, context: PlanningContext) -> Plan:
        if problems := plan_problems(plan, context.program, self._catalogue, context.profile):
            left_out = " ".join(item.reason for item in plan.omitted)
            raise PlanNotValidError(
                f"No plan of programme {context.program.id!r} can be carried out on these books: "
                f"{' '.join(problems)} {left_out}".strip(),
                "Import the tables and columns named, or choose another programme.",
            )
        return plan
