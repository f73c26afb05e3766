"""A whole audit of books in a folder, by rules, in this process: from import to the signed report in the evidence."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from audit_agent.books.importing import import_books
from audit_agent.books.profile import profile
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.finding import FindingSet
from audit_agent.domain.ids import AuditId, DecisionId, Person, review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.program import Program
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.domain.review import Answer, Decision, Receipt, Verdict
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.contexts import FindingContext, PlanningContext
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.procedures.perform import perform
from audit_agent.procedures.registry import REGISTRY
from audit_agent.reports.build import build_report
from audit_agent.reports.inputs import AnsweredDecision, ReportInputs
from audit_agent.reports.model import AuditReport
from audit_agent.statistics.materiality import planning_materiality
from audit_agent.store.evidence import FolderEvidence

AUDIT = AuditId("AUD-2026-0001")
REVIEWER = Person("user:carol")
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class WholeAudit(NamedTuple):
    """What an audit left behind."""

    evidence: FolderEvidence
    workpapers: tuple[Workpaper, ...]
    findings: FindingSet
    report: AuditReport
    digest: Digest
    """Of the report's blob."""


def audit_books(folder: Path, program: Program, at_home: Path) -> WholeAudit:
    """Audit the books of a folder under a programme, with evidence below `at_home`."""
    evidence = FolderEvidence(at_home / "evidence")
    books, manifest = import_books(folder, evidence)
    known = profile(manifest, evidence)
    analyst = OfflineAnalyst(REGISTRY)
    plan = asyncio.run(
        analyst.draft_plan(
            PlanningContext(
                audit=AUDIT,
                program=program,
                profile=known,
                catalogue=REGISTRY.procedures(),
                materiality=planning_materiality(program, known),
            )
        )
    )
    with FrozenTables(manifest, evidence) as tables:
        papers = tuple(perform(step, tables, evidence, known.currency) for step in plan.steps)
    context = FindingContext(
        audit=AUDIT, program=program, plan=plan, workpapers=papers, catalogue=REGISTRY.procedures()
    )
    findings = asyncio.run(analyst.draft_findings(context, 1, None, ()))
    for record in (*papers, findings):
        evidence.put(canonical_json(record))
    report = build_report(
        ReportInputs(
            request=AuditRequest(
                audit=AUDIT, program=program, books=str(folder), requester=REVIEWER, requested_at=MOMENT
            ),
            books=manifest,
            profile=known,
            plan=plan,
            workpapers=papers,
            findings=findings,
            summary="What was found.",
            analyst=analyst.name,
            decisions=tuple(_approved(gate) for gate in (Gate.PLAN, Gate.FINDINGS, Gate.REPORT)),
            drafted_at=MOMENT,
            agent_version="1",
        )
    )
    assert report.report.digests.books == books
    return WholeAudit(evidence, papers, findings, report, evidence.put(canonical_json(report)))


def _approved(gate: Gate) -> AnsweredDecision:
    decision = Decision(
        id=DecisionId(f"decision-{gate.value}"),
        review=review_id(AUDIT, gate.value, 1),
        audit=AUDIT,
        gate=gate,
        subject=Digest("a" * 64),
        person=REVIEWER,
        verdict=Verdict.APPROVE,
        surface="cli",
        made_at=MOMENT,
    )
    return AnsweredDecision(
        decision=decision, receipt=Receipt(decision=decision.id, answer=Answer.RECORDED, message="")
    )
