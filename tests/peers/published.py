"""An audit with a published report, recorded as activities record it."""

from datetime import datetime
from functools import cache

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.reports.build import build_report, publish
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.effects import Effects
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.publications import Publications
from tests.unit.reports import nasty_audit
from tests.workflow.world import request


def published_audit(database: Database, evidence: FolderEvidence, audit: AuditId, at: datetime) -> AuditId:
    """A new audit, and the report of a small audit as its own."""
    Audits(database).create(request(audit), at)
    publish_report(database, evidence, audit, at)
    return audit


def publish_report(database: Database, evidence: FolderEvidence, audit: AuditId, at: datetime) -> Digest:
    """Draft and publish the audit's report."""
    draft, signed = evidence.put(b"{}"), evidence.put(_signed(audit))
    Effects(database).reserve(audit, EffectKind.REPORT, "report", at)
    publications = Publications(database)
    publications.draft_report(audit, 1, draft, at)
    return publications.publish_report(audit, draft, signed, at)


@cache
def _signed(audit: AuditId) -> bytes:
    report = build_report(nasty_audit.inputs(audit))
    return canonical_json(publish(report, (), (), report.run.drafted_at, None))
