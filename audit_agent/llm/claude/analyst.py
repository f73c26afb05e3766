"""The analyst that asks a model. It proposes and words; code checks, computes and decides what is let through."""

from audit_agent.domain.catalogue import Catalogue
from audit_agent.domain.finding import Finding, FindingSet
from audit_agent.domain.investigation_paper import Turn
from audit_agent.domain.plan import Plan, plan_problems
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.analyst import Check
from audit_agent.llm.calls import Calls
from audit_agent.llm.claude.findings import (
    account_for,
    fallen_back,
    finding_from,
    inquiry_shown,
    problems_of,
    shown,
)
from audit_agent.llm.claude.investigation import take_turn
from audit_agent.llm.claude.plans import plan_from, prose_problems, without_stray_figures
from audit_agent.llm.claude.typed import Asker, Question
from audit_agent.llm.claude.wire import WireFinding, WireQueriedPlan, WireSummary
from audit_agent.llm.contexts import FindingContext, InvestigationContext, PlanningContext, SummaryContext
from audit_agent.llm.errors import (
    BudgetReachedError,
    ModelAnswerCutError,
    ModelAnswerInvalidError,
    ModelRefusedError,
    PlanNotValidError,
)
from audit_agent.llm.figures import Account, fill
from audit_agent.llm.finding_sets import finding_set, standing_of
from audit_agent.llm.offline.findings import figures_of
from audit_agent.llm.offline.rules import finding_text
from audit_agent.llm.offline.summary import figures_of as summary_figures
from audit_agent.llm.offline.summary import summary_by_rule
from audit_agent.llm.prompts import Prompts
from audit_agent.llm.questions import left_to_the_model, with_questions

_PLAN_TOKENS, _FINDING_TOKENS, _SUMMARY_TOKENS = 32_000, 12_000, 12_000
"""Room for the answer and for the model's thinking, which counts as output."""
_NO_USE = (ModelRefusedError, ModelAnswerCutError, ModelAnswerInvalidError, BudgetReachedError)
"""What asking again would not better; rules can word a finding or a summary, but not a model's plan."""


class ClaudeAnalyst:
    """Plans and words with one of Anthropic's models."""

    def __init__(self, calls: Calls, prompts: Prompts, catalogue: Catalogue, model: str) -> None:
        self._calls = calls
        self._asker = Asker(calls, prompts, model)
        self._prompts = prompts
        self._catalogue = catalogue
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    async def draft_plan(self, context: PlanningContext) -> Plan:
        """The model's plan, valid against catalogue and books; raises PlanNotValidError after one repair."""
        return await self._plan(context, None, ())

    async def revise_plan(self, context: PlanningContext, plan: Plan, comments: tuple[str, ...]) -> Plan:
        """The model's next version, with an answer to each comment; raises PlanNotValidError after one repair."""
        return await self._plan(context, plan, comments)

    async def investigate(self, context: InvestigationContext, check: Check) -> Turn:
        """The model's next turn; a conclusion that does not stand the check is sent back once, then undetermined.

        Raises what asking raises: without an answer there is no turn.
        """
        return await take_turn(self._asker, self._prompts, context, check, self.name)

    async def draft_findings(
        self, context: FindingContext, version: int, previous: FindingSet | None, comments: tuple[str, ...]
    ) -> FindingSet:
        """One finding per workpaper with exceptions. Dismissals and severities are people's, as `llm.comments` reads.

        What the model cannot be trusted with falls back to the wording by rule, and says so.
        """
        standing = standing_of(context, previous, comments)
        requests = tuple(standing.open_comments)

        async def draft(ref: str, paper: Workpaper) -> Finding:
            finding, answer = await self._finding(ref, paper, context, requests)
            if answer and requests:
                standing.answers.append(f"{ref}: {answer}")
            return finding

        return await finding_set(context, standing, version, draft, self.name)

    async def write_summary(self, context: SummaryContext) -> str:
        """The model's prose with figures put in by code; by rule where it states figures of its own."""
        figures = summary_figures(context)
        findings = context.findings.model_dump(mode="json", exclude={"answers", "drafted_by", "version"})
        prompt = self._prompts.render(
            "summary/v1",
            audit=context.audit,
            placeholders=_placeholders(figures),
            program={"title": context.program.title, "objective": context.program.objective},
            findings=findings,
            not_done=[*(item.model_dump() for item in context.plan.omitted), *context.not_done],
            comments=list(context.comments),
        )
        account = Account([finding.ref for finding in context.findings.findings])
        question = Question(context.audit, "report/summary", prompt, "summary/1", WireSummary, _SUMMARY_TOKENS)
        try:
            checked = await self._asker.ask(question, lambda wire: _summary_problems(wire, account, figures))
        except _NO_USE:
            return summary_by_rule(context)
        text = "\n\n".join(fill(paragraph, figures) for paragraph in checked.answer.paragraphs)
        return summary_by_rule(context) if checked.problems else text

    async def close(self) -> None:
        """Wait for calls under way, and close connections."""
        await self._calls.close()

    async def _plan(self, context: PlanningContext, plan: Plan | None, comments: tuple[str, ...]) -> Plan:
        version = plan.version + 1 if plan else 1
        frame = {"materiality": context.materiality.model_dump(mode="json"), "period": str(context.period or "all")}
        data = {"program": context.program, "catalogue": context.catalogue, "profile": context.profile, "frame": frame}
        prompt = self._prompts.render(
            "plan/v3",
            audit=context.audit,
            plan=plan,
            comments=left_to_the_model(comments),
            asked=context.asked and context.asked.text,
            **data,
        )
        standards = [*context.program.standards, *(meta.standard for meta in context.catalogue)]
        account = Account([prompt.user], standards)

        def problems(wire: WireQueriedPlan) -> tuple[str, ...]:
            proposed = plan_from(wire, context, version, self.name)
            return (*self._problems(proposed, context), *prose_problems(proposed, account))

        question = Question(context.audit, f"plan/{version}", prompt, "plan/3", WireQueriedPlan, _PLAN_TOKENS)
        checked = await self._asker.ask(question, problems)
        proposed = plan_from(checked.answer, context, version, self.name)
        if left := self._problems(proposed, context):
            raise PlanNotValidError(
                f"The plan {self.name} drafted for {context.audit} cannot be carried out: {' '.join(left)}",
                "Use another model (AUDIT_AGENT_MODEL) or the offline analyst (AUDIT_AGENT_ANALYST=offline).",
            )
        return with_questions(without_stray_figures(proposed, context, account), plan, context, comments)

    def _problems(self, plan: Plan, context: PlanningContext) -> tuple[str, ...]:
        return plan_problems(plan, context.program, self._catalogue, context.profile)

    async def _finding(
        self, ref: str, paper: Workpaper, context: FindingContext, comments: tuple[str, ...]
    ) -> tuple[Finding, str]:
        figures = figures_of(paper, context)
        account = account_for(paper, context)
        inquiries = [inquiry_shown(one) for one in context.inquiries(paper.step)]
        prompt = self._prompts.render(
            "finding/v2" if inquiries else "finding/v1",
            audit=context.audit,
            inquiries=inquiries,
            ref=ref,
            placeholders=_placeholders(figures),
            procedure=context.procedure(paper.procedure),
            workpaper=shown(paper),
            rule=finding_text(paper.procedure),
            comments=comments,
        )
        question = Question(context.audit, f"finding/{paper.step}", prompt, "finding/1", WireFinding, _FINDING_TOKENS)
        try:
            checked = await self._asker.ask(question, lambda wire: problems_of(wire, account, figures))
        except _NO_USE as error:
            return fallen_back(ref, paper, context, error.message), ""
        if checked.problems:
            why = f"the draft by {self.name} stated figures the workpaper does not hold."
            return fallen_back(ref, paper, context, why), ""
        return finding_from(checked.answer, ref, paper, context), checked.answer.answer


def _placeholders(figures: dict[str, str]) -> str:
    return ", ".join(f"[[{name}]]" for name in sorted(figures))


def _summary_problems(wire: WireSummary, account: Account, figures: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"The summary states {figure!r}. Use a placeholder, or leave it out."
        for paragraph in wire.paragraphs
        for figure in account.unaccounted(paragraph, figures)
    )
