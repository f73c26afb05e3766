"""The end of a documents step: its workpaper, from what every page came to."""

from collections.abc import Iterator
from decimal import Decimal

from audit_agent.activities.blobs import keep, load
from audit_agent.activities.contract import StepDone
from audit_agent.activities.contract_documents import CLOSE_DOCUMENTS, DocumentsTask
from audit_agent.activities.finishing import StepEnd
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.closing import Vouched, workpaper
from audit_agent.documents.outcomes import load_outcomes
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.documents import DocumentOutcomes, RunState
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.store.document_runs import DocumentRuns, StepRun
from audit_agent.store.steps import FinishedStep, Steps


class ClosingActivities:
    """A documents step is closed once."""

    def __init__(self, services: Services) -> None:
        self._evidence = services.evidence
        self._runs = DocumentRuns(services.database)
        self._steps = Steps(services.database)
        self._end = StepEnd(services)
        self._clock = services.clock

    @implements(CLOSE_DOCUMENTS)
    def close_documents(self, task: DocumentsTask) -> StepDone:
        """The step's workpaper; a step that is closed already is not closed again."""
        plan = load(self._evidence, Plan, task.plan)
        step = next(step for step in plan.steps if step.id == task.step)
        run = StepRun(audit=task.audit, step=task.step, revision=task.revision)
        at = self._clock()
        result = self._steps.begin(task.audit, step.id, task.revision, step.procedure, step.title, at)
        if result is None:
            result = self._close(task, run, step)
        self._runs.mark(run, task.total, RunState.CLOSED, at)
        return StepDone(
            step=task.step, workpaper=result.workpaper, exceptions=result.exceptions, not_done=result.not_done
        )

    def _close(self, task: DocumentsTask, run: StepRun, step: PlanStep) -> FinishedStep:
        try:
            paper = self._paper(task, run, step)
        except Exception as error:
            self._steps.fail(task.audit, step.id, task.revision, str(error), self._clock())
            raise
        seconds = self._runs.seconds(run, self._clock())
        return self._end.finish(task.audit, task.revision, paper, Decimal(seconds))

    def _paper(self, task: DocumentsTask, run: StepRun, step: PlanStep) -> Workpaper:
        all_of_them = DocumentOutcomes(documents=task.documents, pages=tuple(self._runs.outcomes(run)))
        vouched = Vouched(
            step=step,
            documents=task.documents,
            total=task.total,
            outcomes=keep(self._evidence, all_of_them),
            currency=task.currency,
            period=task.period,
        )
        books = load(self._evidence, BooksManifest, task.books)
        return workpaper(vouched, self._outcomes(all_of_them), books, self._evidence)

    def _outcomes(self, all_of_them: DocumentOutcomes) -> Iterator[DocumentOutcome]:
        for page in all_of_them.pages:
            yield from load_outcomes(self._evidence, page.digest)
