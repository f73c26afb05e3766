"""Drafting and revising the plan."""

import asyncio

from audit_agent.activities.analysts import analyst_for
from audit_agent.activities.blobs import keep, load
from audit_agent.activities.contract import DRAFT_PLAN, DraftedPlan, PlanDraft, StepRef
from audit_agent.activities.estimating import estimate_documents
from audit_agent.activities.implement import implements
from audit_agent.activities.papers import books_and_profile
from audit_agent.activities.services import Services
from audit_agent.activities.trying import with_tried_queries
from audit_agent.documents.manifest import load_manifest
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.money import show
from audit_agent.domain.plan import VOUCHING, Plan, plan_changes
from audit_agent.domain.record import Digest
from audit_agent.domain.wording import counted
from audit_agent.llm.analyst import Analyst
from audit_agent.llm.contexts import PlanningContext
from audit_agent.llm.document_step import Documents, left_to_the_analyst, with_documents, without_documents
from audit_agent.llm.errors import BudgetReachedError
from audit_agent.procedures.registry import REGISTRY
from audit_agent.statistics.materiality import planning_materiality
from audit_agent.store.audits import Audits
from audit_agent.store.drafts import Drafts
from audit_agent.store.steps import Steps
from audit_agent.store.suppressions import Suppressions
from audit_agent.store.words import DraftKind

REVISION = 1
"""Steps are carried out once per audit."""

MOST_ANSWERS = 5
"""Answers to what was asked of the plan that a reviewer sees at a glance."""
MOST_ASKED = 5
"""Questions to process owners a reviewer sees at a glance; the plan in full has all of them."""


class PlanActivities:
    """The analyst plans; people agree."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._audits = Audits(services.database)
        self._drafts = Drafts(services.database)
        self._steps = Steps(services.database)
        self._suppressions = Suppressions(services.database)

    @implements(DRAFT_PLAN)
    async def draft_plan(self, task: PlanDraft) -> DraftedPlan:
        """A version of the plan; the same version is drafted once."""
        digest = await asyncio.to_thread(self._drafts.find, task.audit, DraftKind.PLAN, task.version)
        if digest is None:
            context = await asyncio.to_thread(self._context, task)
            plan = await self._draft(task, context)
            digest = await asyncio.to_thread(self._save, task, plan)
        return await asyncio.to_thread(self._show, task, digest)

    async def _draft(self, task: PlanDraft, context: PlanningContext) -> Plan:
        analyst = await asyncio.to_thread(analyst_for, self._services, task.audit)
        try:
            plan = await self._draft_by(analyst, task, context)
        except BudgetReachedError:
            plan = await self._draft_by(self._services.rules, task, context)
        plan = await asyncio.to_thread(self._with_tried_queries, task, plan)
        return await self._estimated(task, await asyncio.to_thread(self._with_suppressions, plan))

    def _with_tried_queries(self, task: PlanDraft, plan: Plan) -> Plan:
        period = self._audits.request(task.audit).period
        return with_tried_queries(plan, load(self._evidence, BooksManifest, task.books), self._evidence, period)

    def _with_suppressions(self, plan: Plan) -> Plan:
        """The plan with the suppressions in force today, so that whoever approves it sees and agrees to them."""
        known = self._suppressions.in_force(self._services.clock().date())
        steps = (
            step.model_copy(update={"suppressions": tuple(one for one in known if one.procedure == step.procedure)})
            for step in plan.steps
        )
        return plan.model_copy(update={"steps": tuple(steps)})

    async def _estimated(self, task: PlanDraft, plan: Plan) -> Plan:
        """The plan with what its documents will cost, counted again where a reviewer changed what they are asked."""
        step = next((step for step in plan.steps if step.procedure == VOUCHING), None)
        if task.documents is None or step is None:
            return plan
        previous = load(self._evidence, Plan, task.previous) if task.previous else None
        if previous is not None and previous.estimate is not None and step in previous.steps:
            return plan.model_copy(update={"estimate": previous.estimate})
        estimate = await estimate_documents(self._services, task.audit, task.documents, step)
        return plan.model_copy(update={"estimate": estimate})

    async def _draft_by(self, analyst: Analyst, task: PlanDraft, context: PlanningContext) -> Plan:
        documents = await asyncio.to_thread(self._documents, task)
        program = (await asyncio.to_thread(self._audits.request, task.audit)).program
        if task.previous is None:
            return with_documents(await analyst.draft_plan(context), None, documents, program, REGISTRY)
        previous = load(self._evidence, Plan, task.previous)
        known, comments = without_documents(previous), left_to_the_analyst(task.comments, previous)
        plan = known.model_copy(update={"version": task.version, "answers": ()})
        if comments:
            plan = await analyst.revise_plan(context, known, comments)
        return with_documents(plan, previous, documents, program, REGISTRY, task.comments)

    def _documents(self, task: PlanDraft) -> Documents | None:
        if task.documents is None:
            return None
        return Documents(task.documents, load_manifest(self._evidence, task.documents).count)

    def _context(self, task: PlanDraft) -> PlanningContext:
        request = self._audits.request(task.audit)
        program = request.program
        own = tuple(entry for entry in program.procedures if entry.id != VOUCHING)
        _, known = books_and_profile(self._evidence, task.books, request)
        return PlanningContext(
            audit=task.audit,
            program=program.model_copy(update={"procedures": own}),
            profile=known,
            catalogue=tuple(meta for meta in REGISTRY.procedures() if meta.id != VOUCHING),
            materiality=planning_materiality(program, known),
            period=request.period,
            asked=request.asked,
        )

    def _save(self, task: PlanDraft, plan: Plan) -> Digest:
        at = self._services.clock()
        digest = self._drafts.save(task.audit, DraftKind.PLAN, task.version, keep(self._evidence, plan), at)
        agreed = load(self._evidence, Plan, digest)
        self._steps.plan_steps(task.audit, digest, agreed.steps, REVISION, at)
        return digest

    def _show(self, task: PlanDraft, digest: Digest) -> DraftedPlan:
        plan = load(self._evidence, Plan, digest)
        steps = tuple(
            StepRef(
                id=step.id,
                procedure=step.procedure,
                title=step.title,
                depends_on=step.depends_on,
                requests=step.requests,
                kind=step.kind,
                investigate=step.investigate,
            )
            for step in plan.steps
        )
        previous = load(self._evidence, Plan, task.previous) if task.previous else None
        return DraftedPlan(
            digest=digest,
            title=f"Plan version {plan.version}: {counted(len(steps), 'step')}",
            highlights=_highlights(plan, previous),
            steps=steps,
        )


def _highlights(plan: Plan, previous: Plan | None) -> tuple[str, ...]:
    worth = plan.materiality
    lines = [
        f"Materiality {show(worth.overall, worth.currency)}, performance {show(worth.performance, worth.currency)} "
        f"({worth.percent}% of {worth.basis.replace('_', ' ')})",
        f"Drafted by {plan.drafted_by}",
    ]
    if plan.estimate is not None:
        lines.append(plan.estimate.in_a_line)
    if previous is not None:
        changes = plan_changes(previous, plan)
        lines += [f"Changed: {change}" for change in changes[:8]] or ["Nothing changed."]
        lines += [f"and {counted(len(changes) - 8, 'more change')}"] if len(changes) > 8 else []
    lines += list(plan.answers[:MOST_ANSWERS])
    lines += (
        [f"and {counted(len(plan.answers) - MOST_ANSWERS, 'more answer')}"] if len(plan.answers) > MOST_ANSWERS else []
    )
    if looked_into := [step.id for step in plan.steps if step.investigate]:
        lines.append(f"Investigates what these flag: {', '.join(looked_into)}")
    lines += [
        f"{step.id} is a test of its own: {step.query.in_a_line}" for step in plan.steps if step.query is not None
    ]
    lines += [f"{step.id} suppresses {one.in_a_line}" for step in plan.steps for one in step.suppressions][:MOST_ASKED]
    asks = [f"{step.id} {one.in_a_line}" for step in plan.steps for one in step.requests]
    lines += asks[:MOST_ASKED]
    lines += [f"and {counted(len(asks) - MOST_ASKED, 'more question')}"] if len(asks) > MOST_ASKED else []
    if plan.omitted:
        lines.append(f"Left out: {', '.join(sorted(item.procedure for item in plan.omitted))}")
    return tuple(lines)
