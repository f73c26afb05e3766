"""The audit, to be read like its table of contents."""

import asyncio

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError

from audit_agent.activities.contract import (
    DRAFT_FINDINGS,
    DRAFT_PLAN,
    DRAFT_REMEDIATION,
    DRAFT_REPORT,
    END_AUDIT,
    FREEZE_BOOKS,
    MARK_PHASE,
    PERFORM_STEP,
    PLACE_HOLDS,
    PUBLISH_REPORT,
    DraftedFindings,
    DraftedPlan,
    Ending,
    FindingsDraft,
    FrozenBooks,
    Mark,
    PlanDraft,
    Publication,
    RemediationDraft,
    ReportDraft,
    StepDone,
    StepRef,
    StepTask,
)
from audit_agent.activities.contract_documents import (
    FREEZE_DOCUMENTS,
    DocumentsTask,
    DocumentsToFreeze,
    FrozenDocuments,
)
from audit_agent.activities.contract_investigations import LeadsTask
from audit_agent.domain.audit import AuditRequest, AuditResult, EffectKind, Phase
from audit_agent.domain.evidence_request import Reply
from audit_agent.domain.investigation import follow_ups
from audit_agent.domain.plan import StepKind
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Decision, Receipt
from audit_agent.workflows.agreement import CONCLUDING, PLANNING, REMEDIATING, REPORTING, Agreement
from audit_agent.workflows.asking import Asking
from audit_agent.workflows.budgeting import Budgeting, Raised
from audit_agent.workflows.call import call
from audit_agent.workflows.desk import DecisionDesk
from audit_agent.workflows.fieldwork import carry_out
from audit_agent.workflows.investigating import Investigating
from audit_agent.workflows.reading import read_documents
from audit_agent.workflows.saga import Saga
from audit_agent.workflows.stop import STOPPING, AuditStoppedError, explain

STATUS = SearchAttributeKey.for_keyword("AuditStatus")
RISK = SearchAttributeKey.for_keyword("AuditRisk")


@workflow.defn(name="audit")
class AuditWorkflow:
    """One audit, from request to report. Its workflow id is the audit's id."""

    @workflow.init
    def __init__(self, request: AuditRequest) -> None:
        self._request = request
        self._audit = request.audit
        self._saga = Saga(request.audit)
        self._desk = DecisionDesk()
        self._asking = Asking(request)
        self._investigating = Investigating(request, self._ask_for_investigation, self._out_of_budget)
        self._agreement = Agreement(request, self._desk, self._enter)
        self._budget = Budgeting(request, self._desk, self._enter)
        self._marks = 0

    @workflow.run
    async def run(self, request: AuditRequest) -> AuditResult:
        """Carry the audit to its report, or undo what was done and say why."""
        scribe = asyncio.ensure_future(self._desk.write_down())
        try:
            report = await self._within_its_time()
            return await self._end(Phase.FINISHED, "", report)
        except STOPPING as error:
            phase, reason = explain(error)
            self._desk.close()
            self._asking.close()
            await self._enter(Phase.COMPENSATING, reason)
            await self._saga.compensate(reason)
            result = await self._end(phase, reason)
            if phase is Phase.CANCELLED:
                raise
            if phase is Phase.FAILED:
                raise ApplicationError(reason, type="AuditFailed", non_retryable=True) from error
            return result
        finally:
            scribe.cancel()

    @workflow.update
    async def decide(self, decision: Decision) -> Receipt:
        """Take a person's decision; answers once it is recorded.

        An Update, because the person waits for the answer; `decide_later` is for when no worker can give one.
        """
        receipt = self._desk.take(decision)
        await self._desk.until_written()
        return receipt

    @decide.validator
    def _check_decision(self, decision: Decision) -> None:
        self._desk.check(decision)

    @workflow.signal
    async def decide_later(self, decision: Decision) -> None:
        """Take a decision nobody waits for any more; the store will hold the answer."""
        self._desk.take(decision)

    @workflow.update
    async def answer_request(self, reply: Reply) -> Receipt:
        """Take a process owner's reply; answers once it is recorded. An Update for the same reason as `decide`."""
        return await self._asking.take(reply)

    @answer_request.validator
    def _check_reply(self, reply: Reply) -> None:
        self._asking.check(reply)

    @workflow.signal
    async def answer_request_later(self, reply: Reply) -> None:
        """Take a reply nobody waits for any more; the store will hold the answer."""
        await self._asking.take(reply)

    @workflow.signal
    async def retry_compensations(self) -> None:
        """Try stuck compensations again, because a person has mended the cause."""
        self._saga.retry()

    async def _within_its_time(self) -> Digest:
        limit = self._request.policy.end_after
        try:
            async with asyncio.timeout(limit.total_seconds() if limit else None):
                return await self._carry_through()
        except TimeoutError:
            raise AuditStoppedError(Phase.TERMINATED, f"The audit took longer than the policy's {limit}.") from None

    async def _carry_through(self) -> Digest:
        books = await self._freeze_books()
        documents = await self._freeze_documents(books)
        plan = await self._agree_plan(books, documents)
        steps = await self._carry_out(plan, books, documents)
        if any(step.investigate for step in plan.steps):
            await self._investigate(LeadsTask(audit=self._audit, plan=plan.digest, steps=steps), books)
        findings = await self._agree_findings(plan, books, steps)
        remediation, held = await self._remediate(findings)
        draft = ReportDraft(
            audit=self._audit,
            books=books.digest,
            plan=plan.digest,
            steps=steps,
            findings=findings.digest,
            remediation=remediation,
            held=held,
        )
        return await self._issue_report(draft)

    async def _freeze_books(self) -> FrozenBooks:
        await self._enter(Phase.FREEZING)
        self._saga.register(EffectKind.BOOKS_LEASE)
        return await call(FREEZE_BOOKS, self._request)

    async def _freeze_documents(self, books: FrozenBooks) -> FrozenDocuments | None:
        """Freeze the set that was named, after the books, since a column of them may name it."""
        named = self._request.documents
        # Audits begun before documents were looked at named some to no effect.
        if named is None or not workflow.patched("documents"):
            return None
        return await call(FREEZE_DOCUMENTS, DocumentsToFreeze(audit=self._audit, documents=named, books=books.digest))

    async def _agree_plan(self, books: FrozenBooks, documents: FrozenDocuments | None) -> DraftedPlan:
        first = PlanDraft(
            audit=self._audit, books=books.digest, documents=documents.digest if documents is not None else None
        )
        return (await self._agreement.on(PLANNING, DRAFT_PLAN, first)).or_stop()

    async def _carry_out(
        self, plan: DraftedPlan, books: FrozenBooks, documents: FrozenDocuments | None
    ) -> tuple[StepDone, ...]:
        await self._enter(Phase.FIELDWORK)
        self._saga.register(EffectKind.WORKPAPERS)
        if any(step.requests for step in plan.steps):
            self._saga.register(EffectKind.EVIDENCE_REQUESTS)

        async def perform(step: StepRef, unable: str) -> StepDone:
            if step.kind is StepKind.DOCUMENTS and documents is not None and not unable:
                return await read_documents(self._documents_task(step, plan, books, documents), self._budget)
            task = StepTask(
                audit=self._audit,
                plan=plan.digest,
                books=books.digest,
                period=self._request.period,
                currency=books.currency,
                step=step.id,
                revision=1,
                unable=unable,
            )
            return await call(PERFORM_STEP, task, summary=f"{step.id} {step.procedure} {step.title}")

        return await carry_out(plan.steps, perform, self._asking.ask)

    def _documents_task(
        self, step: StepRef, plan: DraftedPlan, books: FrozenBooks, documents: FrozenDocuments
    ) -> DocumentsTask:
        return DocumentsTask(
            audit=self._audit,
            plan=plan.digest,
            step=step.id,
            revision=1,
            documents=documents.digest,
            total=documents.count,
            books=books.digest,
            period=self._request.period,
            currency=books.currency,
            economy=documents.economy,
        )

    async def _investigate(self, picking: LeadsTask, books: FrozenBooks) -> None:
        await self._enter(Phase.INVESTIGATING)
        await self._investigating.look_into(picking, books)

    async def _ask_for_investigation(self, lead: StepRef) -> None:
        self._saga.register(EffectKind.EVIDENCE_REQUESTS)
        await self._asking.ask(lead)

    async def _out_of_budget(self, left: str) -> bool:
        """Whether a model may go on with what is left; without more money rules conclude."""
        return isinstance(await self._budget.settle(left, during=Phase.INVESTIGATING), Raised)

    async def _agree_findings(
        self, plan: DraftedPlan, books: FrozenBooks, steps: tuple[StepDone, ...]
    ) -> DraftedFindings:
        async def look_again(task: FindingsDraft) -> FindingsDraft:
            """What reviewers want to know is looked into before the findings are drafted again."""
            if follow_ups(task.comments) and workflow.patched("follow-ups"):
                asked = LeadsTask(
                    audit=self._audit,
                    plan=plan.digest,
                    steps=steps,
                    comments=task.comments,
                )
                await self._investigate(asked, books)
            return task.model_copy(update={"investigations": self._investigating.papers})

        first = FindingsDraft(
            audit=self._audit,
            plan=plan.digest,
            books=books.digest,
            steps=steps,
            investigations=self._investigating.papers,
        )
        findings = (await self._agreement.on(CONCLUDING, DRAFT_FINDINGS, first, look_again)).or_stop()
        workflow.upsert_search_attributes([RISK.value_set(findings.risk)])
        return findings

    async def _remediate(self, findings: DraftedFindings) -> tuple[Digest, bool]:
        """Place the payment holds people approve. Rejecting them leaves payments alone; the audit goes on."""
        first = RemediationDraft(audit=self._audit, findings=findings.digest)
        agreed = await self._agreement.on(REMEDIATING, DRAFT_REMEDIATION, first)
        holds = agreed.draft
        if agreed.rejected or holds.nothing_to_decide:
            return holds.digest, False
        await self._enter(Phase.REMEDIATING, "placing payment holds")
        self._saga.register(EffectKind.PAYMENT_HOLDS)
        await call(PLACE_HOLDS, Publication(audit=self._audit, digest=holds.digest))
        return holds.digest, True

    async def _issue_report(self, first: ReportDraft) -> Digest:
        report = (await self._agreement.on(REPORTING, DRAFT_REPORT, first)).or_stop()
        await self._enter(Phase.REPORTING, "publishing")
        self._saga.register(EffectKind.REPORT)
        published = await call(PUBLISH_REPORT, Publication(audit=self._audit, digest=report.digest))
        return published.digest

    async def _enter(self, phase: Phase, detail: str = "") -> None:
        """Show everywhere where the audit stands."""
        self._marks += 1
        workflow.set_current_details(f"**{phase.value}** {detail}".strip())
        workflow.upsert_search_attributes([STATUS.value_set(phase.value)])
        await call(MARK_PHASE, Mark(audit=self._audit, key=f"phase/{self._marks}", phase=phase, detail=detail))

    async def _end(self, phase: Phase, reason: str, report: Digest | None = None) -> AuditResult:
        await self._desk.until_written()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.set_current_details(f"**{phase.value}** {reason}".strip())
        workflow.upsert_search_attributes([STATUS.value_set(phase.value)])
        await call(END_AUDIT, Ending(audit=self._audit, phase=phase, reason=reason, report=report))
        return AuditResult(audit=self._audit, phase=phase, report=report, reason=reason)
