"""What an analyst is given to work from. Each is a value, so that the same context gives the same prompt."""

from audit_agent.domain.books import BooksProfile
from audit_agent.domain.catalogue import ProcedureMeta
from audit_agent.domain.finding import FindingSet
from audit_agent.domain.ids import AuditId
from audit_agent.domain.period import Period
from audit_agent.domain.plan import Materiality, Plan
from audit_agent.domain.program import Program
from audit_agent.domain.record import Record
from audit_agent.domain.workpaper import Workpaper


class PlanningContext(Record):
    """What there is to plan with. Carries no confidential rows beyond the profile's masked samples."""

    audit: AuditId
    program: Program
    profile: BooksProfile
    catalogue: tuple[ProcedureMeta, ...]
    materiality: Materiality
    period: Period | None = None


class FindingContext(Record):
    """What findings are drafted from: the steps' workpapers, in the plan's order."""

    audit: AuditId
    program: Program
    plan: Plan
    workpapers: tuple[Workpaper, ...]
    catalogue: tuple[ProcedureMeta, ...]

    def procedure(self, id_: str) -> ProcedureMeta | None:
        """The catalogue's entry for a procedure."""
        return next((meta for meta in self.catalogue if meta.id == id_), None)


class SummaryContext(Record):
    """What the report's summary is written from."""

    audit: AuditId
    program: Program
    plan: Plan
    workpapers: tuple[Workpaper, ...]
    findings: FindingSet
    period: Period | None = None
    not_done: tuple[str, ...] = ()
    """Steps without a workpaper, and why."""
    comments: tuple[str, ...] = ()
    """What reviewers of the version before want changed."""
