"""An audit whose documents cost more than its budget: people decide, then reading goes on where it stopped."""

from collections.abc import Callable
from typing import Any

from temporalio.worker import Worker

from audit_agent.activities import contract as c
from audit_agent.activities import contract_documents as d
from audit_agent.domain.audit import AuditResult, EffectKind, Phase
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import VOUCHING, StepKind
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest, digest_of
from audit_agent.domain.review import Verdict
from audit_agent.workflows import WORKFLOWS
from audit_agent.workflows.audit import AuditWorkflow
from tests.workflow.conftest import Bench, Scenario
from tests.workflow.world import World, decision, request

Play = Callable[[Scenario], Any]
DOCUMENTS = 400
VOUCH = c.StepRef(id=StepId("S01"), procedure=VOUCHING, title="Vouch", kind=StepKind.DOCUMENTS)


class Dear(World):
    """Documents cost a cent each; without a model nothing. `cents` are left of the budget, and a raise adds a euro."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = (VOUCH,)
        self.cents = 100
        self.by_model: set[int] = set()
        self.by_rules: set[int] = set()
        self.asked: list[c.BudgetDraft] = []

    def activities(self) -> list[Callable[..., Any]]:
        frozen = d.FrozenDocuments(digest=Digest("d" * 64), count=DOCUMENTS, rejected=0)
        more: list[tuple[c.Activity[Any, Any], Callable[[Any], Any]]] = [
            (d.FREEZE_DOCUMENTS, lambda _: frozen),
            (d.READ_PAGE, self._read),
            (d.FIND_FAILED_PAGES, lambda _: d.FailedPages(pages=())),
            (d.MARK_DOCUMENTS, lambda _: c.Done()),
            (d.CLOSE_DOCUMENTS, lambda task: c.StepDone(step=task.step, workpaper=digest_of(["S01"]))),
        ]
        return [*super().activities(), *(self._stand_in(contract, answer) for contract, answer in more)]

    def _read(self, page: d.PageTask) -> d.PageDone:
        numbers = range(page.offset, page.offset + page.count)
        if page.without_model:
            self.by_rules.update(numbers)
        elif self.cents < page.count:
            return d.PageDone(out_of_budget=True)
        else:
            self.cents -= page.count
            self.by_model.update(numbers)
        return d.PageDone(done=page.count)

    def _draft_budget(self, task: c.BudgetDraft) -> c.Draft:
        self.asked.append(task)
        return super()._draft_budget(task)

    def _raise_budget(self, _: c.Publication) -> c.Done:
        self.cents += 250
        return c.Done()


async def audit(bench: Bench, *at_the_budget: tuple[Verdict, str]) -> tuple[AuditResult, Dear]:
    """Run an audit with documents; people approve everything, and say these where the budget is asked about."""
    world, words = Dear(), list(at_the_budget)
    bench.world, bench.queue = world, f"dear-{bench.queue}"
    asked = request(f"AUD-{bench.queue}").model_copy(update={"documents": "/documents"})
    worker = Worker(bench.env.client, task_queue=bench.queue, workflows=WORKFLOWS, activities=world.activities())
    async with worker:
        start = bench.env.client.start_workflow
        handle = await start(AuditWorkflow.run, asked, id=asked.audit, task_queue=bench.queue)
        number = 0
        while True:
            number += 1
            review = await bench.review(number)
            said = words.pop(0) if review.gate is Gate.BUDGET else (Verdict.APPROVE, "")
            await bench.say(handle, decision(review, said[0], reason=said[1]))
            if review.gate is Gate.REPORT or said[0] is Verdict.REJECT:
                return await handle.result(), world


def test_raised_twice_the_model_reads_every_document_once(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Dear]:
        return await audit(bench, (Verdict.APPROVE, ""), (Verdict.APPROVE, ""))

    result, world = play(scenario)

    assert result.phase is Phase.FINISHED
    assert (world.by_model, world.by_rules) == (set(range(DOCUMENTS)), set())
    assert [(task.step, task.documents) for task in world.asked] == [("S01", 300), ("S01", 50)]
    assert world.asked[0].left == "300 of 400 documents of S01"


def test_finishing_without_a_model_the_rules_read_what_is_left(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Dear]:
        return await audit(bench, (Verdict.REQUEST_CHANGES, "The rest is small."))

    result, world = play(scenario)

    assert result.phase is Phase.FINISHED
    assert (len(world.by_model), len(world.by_rules)) == (100, 300)
    assert world.by_model | world.by_rules == set(range(DOCUMENTS))


def test_stopping_undoes_what_the_audit_did(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Dear]:
        return await audit(bench, (Verdict.REJECT, "Too dear."))

    result, world = play(scenario)

    assert (result.phase, result.reason) == (Phase.REJECTED, "The budget was rejected: Too dear.")
    assert world.did("undo") == [f"undo {EffectKind.WORKPAPERS.value}", f"undo {EffectKind.BOOKS_LEASE.value}"]
