"""Carrying out the steps of a plan."""

import time
from decimal import Decimal
from pathlib import Path

from audit_agent.activities.blobs import load
from audit_agent.activities.contract import PERFORM_STEP, StepDone, StepTask
from audit_agent.activities.finishing import StepEnd
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.errors import BadInputError, RefusedError
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.investigating.sandbox import query_runner
from audit_agent.procedures.perform import perform
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.steps import FinishedStep, Steps


class FieldworkActivities:
    """Procedures over frozen books; a step's workpaper is written once."""

    def __init__(self, services: Services) -> None:
        self._evidence = services.evidence
        self._steps = Steps(services.database)
        self._requests = EvidenceRequests(services.database)
        self._end = StepEnd(services)
        self._clock = services.clock

    @implements(PERFORM_STEP)
    def perform_step(self, task: StepTask) -> StepDone:
        """The step's workpaper; a step that is finished already is not done again."""
        step = self._planned(task)
        if task.unable:
            return self._told(
                task, self._steps.not_done(task.audit, step.id, task.revision, task.unable, self._clock())
            )
        result = self._steps.begin(task.audit, step.id, task.revision, step.procedure, step.title, self._clock())
        if result is None:
            result = self._perform(task, step)
        return self._told(task, result)

    def _handed_in(self, task: StepTask) -> list[Path]:
        """The files with which process owners answered the step's questions."""
        asked = self._requests.of_step(task.audit, task.step)
        return [self._evidence.path(one.file.digest) for one in asked if one.file is not None]

    def _told(self, task: StepTask, result: FinishedStep) -> StepDone:
        return StepDone(
            step=task.step, workpaper=result.workpaper, exceptions=result.exceptions, not_done=result.not_done
        )

    def _planned(self, task: StepTask) -> PlanStep:
        plan = load(self._evidence, Plan, task.plan)
        return next(step for step in plan.steps if step.id == task.step)

    def _perform(self, task: StepTask, step: PlanStep) -> FinishedStep:
        began = time.monotonic()
        manifest = load(self._evidence, BooksManifest, task.books)
        try:
            with FrozenTables(manifest, self._evidence, task.period) as tables:
                run_query = query_runner(manifest, self._evidence, task.period)
                paper = perform(step, tables, self._evidence, task.currency, run_query, self._handed_in(task))
        except (BadInputError, RefusedError) as error:
            # The books or parameters do not allow this test; people see the reason and decide about the rest.
            return self._steps.not_done(task.audit, step.id, task.revision, str(error), self._clock())
        except Exception as error:
            self._steps.fail(task.audit, step.id, task.revision, str(error), self._clock())
            raise
        seconds = Decimal(f"{time.monotonic() - began:.3f}")
        return self._end.finish(task.audit, task.revision, paper, seconds)
