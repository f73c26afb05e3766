"""What drafting starts from: an audit's books and workpapers, read back from evidence."""

from collections.abc import Iterable

from audit_agent.activities.blobs import load
from audit_agent.activities.contract import StepDone
from audit_agent.books.profile import profile
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.books import BooksManifest, BooksProfile
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import Workpaper


def workpapers(evidence: Evidence, steps: Iterable[StepDone]) -> tuple[Workpaper, ...]:
    """The workpapers of those steps that have one, in the steps' order."""
    return tuple(load(evidence, Workpaper, step.workpaper) for step in steps if step.workpaper is not None)


def books_and_profile(evidence: Evidence, books: Digest, request: AuditRequest) -> tuple[BooksManifest, BooksProfile]:
    """The frozen books' manifest, and their profile within the audit's period."""
    manifest = load(evidence, BooksManifest, books)
    return manifest, profile(manifest, evidence, request.period)
