"""What an analyst is given to work from. Each is a value, so that the same context gives the same prompt."""

from audit_agent.domain.asked import Asked
from audit_agent.domain.books import BooksProfile
from audit_agent.domain.catalogue import ProcedureMeta
from audit_agent.domain.finding import FindingSet
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.investigation import Lead
from audit_agent.domain.investigation_paper import Inquiry, ToolResult, Turn
from audit_agent.domain.investigation_tools import ToolSpec
from audit_agent.domain.period import Period
from audit_agent.domain.plan import Materiality, Plan
from audit_agent.domain.program import Program
from audit_agent.domain.record import Record
from audit_agent.domain.workpaper import ExceptionItem, Workpaper


class PlanningContext(Record):
    """What there is to plan with. Carries no confidential rows beyond the profile's masked samples."""

    audit: AuditId
    program: Program
    profile: BooksProfile
    catalogue: tuple[ProcedureMeta, ...]
    materiality: Materiality
    period: Period | None = None
    asked: Asked | None = None
    """What somebody asked for in their own words."""


class FindingContext(Record):
    """What findings are drafted from: the steps' workpapers, in the plan's order."""

    audit: AuditId
    program: Program
    plan: Plan
    workpapers: tuple[Workpaper, ...]
    catalogue: tuple[ProcedureMeta, ...]
    investigations: tuple[Inquiry, ...] = ()

    def inquiries(self, step: StepId) -> tuple[Inquiry, ...]:
        """What was looked into among a step's exceptions."""
        return tuple(one for one in self.investigations if one.lead.startswith(f"{step}-"))

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


class SeenTurn(Record):
    """A turn that was taken, with the results of its calls."""

    turn: Turn
    results: tuple[ToolResult, ...] = ()


class InvestigationContext(Record):
    """What an investigator has to go by: the lead, and everything that was said and found so far."""

    audit: AuditId
    lead: Lead
    procedure: ProcedureMeta | None
    exceptions: tuple[ExceptionItem, ...]
    """Those of the lead."""
    tables: dict[str, tuple[str, ...]]
    """The tables of the books and their columns."""
    tools: tuple[ToolSpec, ...]
    owners: tuple[Person, ...] = ()
    """Who may be asked."""
    seen: tuple[SeenTurn, ...] = ()
    turns_left: int
    """This one included."""
    calls_left: int

    @property
    def number(self) -> int:
        """Of this turn, from 1."""
        return len(self.seen) + 1

    @property
    def results(self) -> tuple[ToolResult, ...]:
        """Every result so far, oldest first."""
        return tuple(result for turn in self.seen for result in turn.results)

    @property
    def is_last(self) -> bool:
        """Whether this turn has to conclude."""
        return self.turns_left <= 1 or self.calls_left <= 0
