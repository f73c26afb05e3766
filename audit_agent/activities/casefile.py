"""What an investigation has to go by: exceptions, books, what was said and found so far, what is left to spend."""

from audit_agent.activities.blobs import load
from audit_agent.activities.contract_investigations import CourseTask, InvestigationTask
from audit_agent.activities.library import library
from audit_agent.activities.services import Services
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.ids import AuditId
from audit_agent.domain.investigation import Course, ToolUse
from audit_agent.domain.investigation_paper import ToolResult, Turn
from audit_agent.domain.investigation_tools import tools
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import ExceptionItem, Workpaper
from audit_agent.investigating.library import DocumentLibrary, NoDocuments
from audit_agent.llm.contexts import InvestigationContext, SeenTurn
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.ledger import DatabaseLedger


class CaseFile:
    """Reads back from evidence and ledger."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._ledger = DatabaseLedger(services.database)

    def context(self, task: CourseTask) -> InvestigationContext:
        """What whoever investigates is shown."""
        documents = not isinstance(self.documents(task.audit), NoDocuments)
        return InvestigationContext(
            audit=task.audit,
            lead=task.lead,
            procedure=next((meta for meta in REGISTRY.procedures() if meta.id == task.lead.procedure), None),
            exceptions=tuple(item for item in self.exceptions(task) if item.ref in task.lead.exceptions),
            tables={table.name: table.columns for table in self.manifest(task).tables},
            tools=tools(documents=documents, owners=bool(task.owners)),
            owners=task.owners,
            seen=tuple(
                SeenTurn(turn=load(self._evidence, Turn, taken.turn), results=self._results(taken.uses))
                for taken in task.course.turns
            ),
            turns_left=task.course.turns_left(task.limits),
            calls_left=task.course.calls_left(task.limits),
        )

    def exceptions(self, task: InvestigationTask) -> tuple[ExceptionItem, ...]:
        """The most unusual exceptions of the step, from which leads are made."""
        return load(self._evidence, Workpaper, task.workpaper).top

    def manifest(self, task: InvestigationTask) -> BooksManifest:
        """The frozen books."""
        return load(self._evidence, BooksManifest, task.books)

    def results(self, course: Course) -> tuple[ToolResult, ...]:
        """Every result so far."""
        return self._results(course.uses)

    def documents(self, audit: AuditId) -> DocumentLibrary:
        """The documents that were read for the audit."""
        return library(self._services, audit)

    def limit_reached(self, task: CourseTask) -> str:
        """Which limit the investigation has reached, in words; empty while there is room for a turn."""
        limits, course = task.limits, task.course
        worked = course.worked + int((task.at - course.began_at).total_seconds())
        if course.turns_left(limits) == 0:
            return f"The limit of {counted(limits.turns, 'turn')} is reached without a conclusion."
        if worked >= limits.seconds:
            return f"The limit of {limits.seconds:,} seconds is reached without a conclusion."
        spent = self._ledger.turn_spend(task.audit, task.lead.id, course.since)
        if (tokens := spent.tokens.prompt + spent.tokens.output) >= limits.tokens:
            return f"The limit of {limits.tokens:,} tokens is reached without a conclusion: {tokens:,} are used."
        if spent.cost is not None and spent.cost >= limits.dollars:
            return f"The limit of USD {limits.dollars} is reached without a conclusion."
        return ""

    def _results(self, uses: tuple[ToolUse, ...]) -> tuple[ToolResult, ...]:
        return tuple(load(self._evidence, ToolResult, use.result) for use in uses)
