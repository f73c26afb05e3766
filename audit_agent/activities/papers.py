"""What drafting starts from: an audit's books, plan, workpapers and findings, read back from evidence."""

from collections.abc import Iterable
from decimal import Decimal

from audit_agent.activities.blobs import load
from audit_agent.activities.contract import StepDone
from audit_agent.books.profile import profile
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.books import BooksManifest, BooksProfile
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.plan import Materiality
from audit_agent.domain.program import Program
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import Workpaper
from audit_agent.statistics.materiality import materiality


class NoMaterialityBasisError(BadInputError):
    """The books tell none of the measures the programme takes materiality from."""


def workpapers(evidence: Evidence, steps: Iterable[StepDone]) -> tuple[Workpaper, ...]:
    """The workpapers of those steps that have one, in the steps' order."""
    return tuple(load(evidence, Workpaper, step.workpaper) for step in steps if step.workpaper is not None)


def books_and_profile(evidence: Evidence, books: Digest, request: AuditRequest) -> tuple[BooksManifest, BooksProfile]:
    """The frozen books' manifest, and their profile within the audit's period."""
    manifest = load(evidence, BooksManifest, books)
    return manifest, profile(manifest, evidence, request.period)


def planning_materiality(program: Program, known: BooksProfile) -> Materiality:
    """Materiality from the first basis of the programme that the books tell; raises NoMaterialityBasisError."""
    for basis in program.materiality:
        amount = known.measures.get(basis.measure)
        if amount is not None and amount > 0:
            return materiality(basis.measure, amount, Decimal(basis.percent), known.currency)
    wanted = ", ".join(basis.measure for basis in program.materiality)
    raise NoMaterialityBasisError(
        f"The books tell none of the measures that programme {program.id!r} takes materiality from: {wanted}.",
        "Add GL_Detail, a Chart_Of_Accounts with Account_Type or Invoices_Received to the books, "
        "or name another basis in the programme.",
    )
