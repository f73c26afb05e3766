"""From workpapers to findings, and from findings to payments that should wait."""

import asyncio
from collections.abc import Sequence

from audit_agent.activities.analysts import analyst_for
from audit_agent.activities.blobs import keep, load
from audit_agent.activities.contract import (
    DRAFT_FINDINGS,
    DRAFT_REMEDIATION,
    Draft,
    DraftedFindings,
    FindingsDraft,
    RemediationDraft,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.papers import workpapers
from audit_agent.activities.services import Services
from audit_agent.activities.suspects import suspects
from audit_agent.domain.finding import Finding, FindingSet, RemediationProposal, Severity
from audit_agent.domain.investigation_paper import InvestigationPaper, inquiry
from audit_agent.domain.money import show, totals
from audit_agent.domain.plan import Plan
from audit_agent.domain.record import Digest
from audit_agent.domain.remediation import HELD_PROCEDURES, SuspectInvoice, propose, revise
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.contexts import FindingContext
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.audits import Audits
from audit_agent.store.drafts import Drafts
from audit_agent.store.publications import Publications
from audit_agent.store.words import DraftKind

SHOWN = 14
"""Lines of findings or holds a review shows at a glance."""


class ConcludeActivities:
    """The analyst drafts findings, rules propose holds; people decide on both."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._audits = Audits(services.database)
        self._drafts = Drafts(services.database)
        self._publications = Publications(services.database)

    @implements(DRAFT_FINDINGS)
    async def draft_findings(self, task: FindingsDraft) -> DraftedFindings:
        """A version of the findings; the same version is drafted once."""
        digest = await asyncio.to_thread(self._drafts.find, task.audit, DraftKind.FINDINGS, task.version)
        if digest is None:
            context = await asyncio.to_thread(self._context, task)
            previous = load(self._evidence, FindingSet, task.previous) if task.previous else None
            analyst = await asyncio.to_thread(analyst_for, self._services, task.audit)
            found = await analyst.draft_findings(context, task.version, previous, task.comments)
            digest = await asyncio.to_thread(self._save_findings, task, found)
        return await asyncio.to_thread(self._show_findings, task, digest)

    @implements(DRAFT_REMEDIATION)
    def draft_remediation(self, task: RemediationDraft) -> Draft:
        """Payment holds by rule; reviewers' comments drop some of them."""
        digest = self._drafts.find(task.audit, DraftKind.REMEDIATION, task.version)
        if digest is None:
            proposal = self._propose(task)
            digest = keep(self._evidence, proposal)
            digest = self._drafts.save(task.audit, DraftKind.REMEDIATION, task.version, digest, self._services.clock())
        proposal = load(self._evidence, RemediationProposal, digest)
        return Draft(
            digest=digest,
            title=f"Hold {counted(len(proposal.holds), 'payment')}",
            highlights=_holds_at_a_glance(proposal),
            amounts=totals((hold.amount, hold.currency) for hold in proposal.holds),
            nothing_to_decide=not proposal.holds,
        )

    def _context(self, task: FindingsDraft) -> FindingContext:
        return FindingContext(
            audit=task.audit,
            program=self._audits.request(task.audit).program,
            plan=load(self._evidence, Plan, task.plan),
            workpapers=workpapers(self._evidence, task.steps),
            catalogue=REGISTRY.procedures(),
            investigations=tuple(
                inquiry(load(self._evidence, InvestigationPaper, digest), digest) for digest in task.investigations
            ),
        )

    def _save_findings(self, task: FindingsDraft, found: FindingSet) -> Digest:
        at = self._services.clock()
        digest = keep(self._evidence, found)
        digest = self._drafts.save(task.audit, DraftKind.FINDINGS, task.version, digest, at)
        standing = load(self._evidence, FindingSet, digest).findings
        self._audits.set_findings(task.audit, task.version, len(standing), _worst(standing), at)
        return digest

    def _show_findings(self, task: FindingsDraft, digest: Digest) -> DraftedFindings:
        found = load(self._evidence, FindingSet, digest)
        worst = _worst(found.findings)
        lines = [finding.in_a_line for finding in found.findings[:SHOWN]]
        lines += [f"and {counted(len(found.findings) - SHOWN, 'more finding')}"] if len(found.findings) > SHOWN else []
        lines += [f"Not done: {step.step}: {step.not_done}" for step in task.steps if step.not_done][:3]
        lines += found.answers[:2]
        return DraftedFindings(
            digest=digest,
            title=f"Findings version {found.version}: {len(found.findings)}",
            highlights=tuple(lines),
            amounts=totals((finding.amount, finding.currency) for finding in found.findings),
            risk=worst.value if worst else "none",
        )

    def _propose(self, task: RemediationDraft) -> RemediationProposal:
        if task.previous is not None:
            return revise(load(self._evidence, RemediationProposal, task.previous), task.comments)
        found = load(self._evidence, FindingSet, task.findings)
        papers = self._publications.published_workpapers(task.audit)
        return propose(
            task.version,
            (
                (finding, self._suspects(finding, papers[finding.step], finding.ref in found.upheld))
                for finding in found.findings
                if finding.procedure in HELD_PROCEDURES
            ),
        )

    def _suspects(self, finding: Finding, paper: Digest, upheld: bool) -> list[SuspectInvoice]:
        """The invoices behind a finding; what an investigation explained is not held."""
        explained = {ref for one in finding.investigations for ref in one.explained if not upheld}
        behind = suspects(self._evidence, load(self._evidence, Workpaper, paper))
        return [suspect for suspect in behind if suspect.exception not in explained]


def _worst(findings: Sequence[Finding]) -> Severity | None:
    return min((finding.severity for finding in findings), key=lambda severity: severity.rank, default=None)


def _holds_at_a_glance(proposal: RemediationProposal) -> tuple[str, ...]:
    lines = [
        f"{hold.item} of {hold.supplier}, {show(hold.amount, hold.currency)} ({hold.finding})"
        for hold in proposal.holds[:SHOWN]
    ]
    more = len(proposal.holds) - SHOWN
    return (*lines, *([f"and {more} more"] if more > 0 else []), *proposal.answers[:3])
