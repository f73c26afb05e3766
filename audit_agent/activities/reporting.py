"""Drafting and publishing the report."""

import asyncio
from decimal import Decimal

from audit_agent import __version__
from audit_agent.activities.analysts import analyst_for
from audit_agent.activities.blobs import keep, load
from audit_agent.activities.contract import (
    DRAFT_REPORT,
    PUBLISH_REPORT,
    Draft,
    Publication,
    PublishedReport,
    ReportDraft,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.papers import books_and_profile, workpapers
from audit_agent.activities.services import Services
from audit_agent.domain.audit import EffectKind
from audit_agent.domain.finding import FindingSet, RemediationProposal
from audit_agent.domain.money import Money
from audit_agent.domain.plan import Plan
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Receipt
from audit_agent.domain.spend import SpendSummary
from audit_agent.domain.wording import counted
from audit_agent.llm.contexts import SummaryContext
from audit_agent.llm.prices import load_prices
from audit_agent.reports.build import build_report, publish
from audit_agent.reports.inputs import AnsweredDecision, ReportInputs, StepNotDone
from audit_agent.reports.model import AuditReport
from audit_agent.reports.run import Compensation, ReviewTime, StepTime
from audit_agent.store.audits import Audits
from audit_agent.store.budgets import Budgets
from audit_agent.store.drafts import Drafts
from audit_agent.store.effects import Effects
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.publications import Publications
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.words import DraftKind, EffectState


class ReportActivities:
    """The report is built by code from what was agreed; the analyst writes its summary."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._audits = Audits(services.database)
        self._drafts = Drafts(services.database)
        self._effects = Effects(services.database)
        self._publications = Publications(services.database)
        self._requests = EvidenceRequests(services.database)
        self._ledger = DatabaseLedger(services.database)

    @implements(DRAFT_REPORT)
    async def draft_report(self, task: ReportDraft) -> Draft:
        """A version of the report; the same version is drafted once."""
        digest = await asyncio.to_thread(self._drafts.find, task.audit, DraftKind.REPORT, task.version)
        if digest is None:
            context = await asyncio.to_thread(self._context, task)
            analyst = await asyncio.to_thread(analyst_for, self._services, task.audit)
            summary = await analyst.write_summary(context)
            digest = await asyncio.to_thread(self._save, task, summary, analyst.name)
        return await asyncio.to_thread(self._show, digest)

    @implements(PUBLISH_REPORT)
    def publish_report(self, approved: Publication) -> PublishedReport:
        """Publish the approved version with its sign-offs; published once."""
        audit, at = approved.audit, self._services.clock()
        draft = load(self._evidence, AuditReport, approved.digest)
        status = audit_status(self._services.database, audit, log_tail=0)
        signed = publish(draft, _said(status), _review_times(status), at, status.log_head)
        detail = f"version {draft.report.version}"
        self._effects.reserve(audit, EffectKind.REPORT, detail, at)
        digest = self._publications.publish_report(audit, approved.digest, keep(self._evidence, signed), at)
        self._effects.settle(audit, EffectKind.REPORT, detail, at)
        return PublishedReport(digest=digest)

    def _context(self, task: ReportDraft) -> SummaryContext:
        request = self._audits.request(task.audit)
        return SummaryContext(
            audit=task.audit,
            program=request.program,
            plan=load(self._evidence, Plan, task.plan),
            workpapers=workpapers(self._evidence, task.steps),
            findings=load(self._evidence, FindingSet, task.findings),
            period=request.period,
            not_done=tuple(f"{step.step}: {step.not_done}" for step in task.steps if step.not_done),
            comments=task.comments,
        )

    def _save(self, task: ReportDraft, summary: str, analyst: str) -> Digest:
        at = self._services.clock()
        digest = keep(self._evidence, build_report(self._inputs(task, summary, analyst)))
        digest = self._drafts.save(task.audit, DraftKind.REPORT, task.version, digest, at)
        self._publications.draft_report(task.audit, task.version, digest, at)
        return digest

    def _inputs(self, task: ReportDraft, summary: str, analyst: str) -> ReportInputs:
        request = self._audits.request(task.audit)
        manifest, known = books_and_profile(self._evidence, task.books, request)
        status = audit_status(self._services.database, task.audit, log_tail=0)
        spend = self._ledger.spend(task.audit)
        return ReportInputs(
            request=request,
            version=task.version,
            books=manifest,
            profile=known,
            plan=load(self._evidence, Plan, task.plan),
            workpapers=workpapers(self._evidence, task.steps),
            not_done=tuple(
                StepNotDone(step=step.step, reason=step.not_done, asked=self._requests.of_step(task.audit, step.step))
                for step in task.steps
                if step.not_done
            ),
            findings=load(self._evidence, FindingSet, task.findings),
            remediation=load(self._evidence, RemediationProposal, task.remediation),
            held=task.held,
            summary=summary,
            analyst=analyst,
            decisions=_said(status),
            reviews=_review_times(status),
            compensations=_compensations(status),
            spend=spend,
            saved=_saved(spend),
            raises=Budgets(self._services.database).raises(task.audit),
            step_times=tuple(
                StepTime(step=step.step, seconds=step.seconds) for step in status.steps if step.seconds is not None
            ),
            drafted_at=self._services.clock(),
            agent_version=__version__,
            log_head=status.log_head,
        )

    def _show(self, digest: Digest) -> Draft:
        body = load(self._evidence, AuditReport, digest).report
        return Draft(
            digest=digest,
            title=f"Report version {body.version}: {body.opinion.line}",
            amounts=tuple(Money(amount=sum_.value, currency=sum_.unit) for sum_ in body.totals.finding_amounts),
            highlights=(
                f"{counted(len(body.findings), 'finding')}, {counted(len(body.results), 'step')} done, "
                f"{len(body.not_done)} not done",
                *(f"{part.part} written by {part.by}" for part in body.authorship),
            ),
        )


def _said(status: AuditStatus) -> tuple[AnsweredDecision, ...]:
    """Every decision with the answer it got; those still on their way are not part of the report."""
    return tuple(
        AnsweredDecision(
            decision=said.decision,
            receipt=Receipt(
                decision=said.id,
                answer=said.answer,
                message=said.message,
                on_behalf_of=said.on_behalf_of,
                undid=said.undid,
            ),
        )
        for held in status.reviews
        for said in held.decisions
        if said.answer is not None
    )


def _saved(spend: SpendSummary) -> Decimal | None:
    """What the prompt cache saved; None where no model was called, or the price of one is not known."""
    prices = load_prices()
    each = [prices.saved(line.name, line.tokens) for line in spend.by_model]
    known = [one for one in each if one is not None]
    return sum(known, Decimal(0)) if each and len(known) == len(each) else None


def _compensations(status: AuditStatus) -> tuple[Compensation, ...]:
    """Effects already undone, or standing although they should have been undone."""
    return tuple(
        Compensation(
            effect=effect.kind,
            reason=effect.error or effect.detail,
            at=effect.undone_at or effect.undoing_at or status.audit.updated_at,
            undone=effect.state is EffectState.UNDONE,
        )
        for effect in status.effects
        if effect.state in (EffectState.UNDONE, EffectState.STUCK)
    )


def _review_times(status: AuditStatus) -> tuple[ReviewTime, ...]:
    return tuple(
        ReviewTime(
            review=held.review.id,
            gate=held.review.gate,
            version=held.review.round,
            opened_at=held.review.opened_at,
            closed_at=held.closed_at,
            outcome=held.outcome,
        )
        for held in status.reviews
    )
