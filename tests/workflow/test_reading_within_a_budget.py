"""An audit whose documents cost more than its budget: people decide, then reading goes on where it stopped."""

from collections.abc import Callable
from typing import Any

from audit_agent.domain.audit import AuditResult, EffectKind, Phase
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Verdict
from tests.workflow.conftest import Bench, Scenario
from tests.workflow.world import VOUCHING, World, decision

Play = Callable[[Scenario], Any]
Said = tuple[Verdict, str]
PAGES = list(range(0, 400, 50))


async def audit(bench: Bench, *at_the_budget: Said) -> tuple[AuditResult, World]:
    """An audit whose budget pays two of eight pages; people approve everything else, and say these of the budget."""
    world, words = bench.world, list(at_the_budget)
    world.steps = VOUCHING[-1:]
    world.shelf.total, world.shelf.budget = 400, 2
    handle = await bench.start(documents="/documents")
    number = 0
    while True:
        number += 1
        review = await bench.review(number)
        verdict, reason = words.pop(0) if review.gate is Gate.BUDGET else (Verdict.APPROVE, "")
        await bench.say(handle, decision(review, verdict, reason=reason))
        if review.gate is Gate.REPORT or verdict is Verdict.REJECT:
            return await handle.result(), world


def test_raised_twice_the_model_reads_every_page_once(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, World]:
        return await audit(bench, (Verdict.APPROVE, ""), (Verdict.APPROVE, ""))

    result, world = play(scenario)

    assert result.phase is Phase.FINISHED
    assert world.shelf.offsets() == PAGES
    assert not any(page.without_model for page in world.shelf.read)
    assert [(task.left, task.step, task.documents) for task in world.asked_for_money] == [
        ("300 of 400 documents of S04", "S04", 300),
        ("50 of 400 documents of S04", "S04", 50),
    ]


def test_finishing_without_a_model_the_rules_read_what_is_left(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, World]:
        return await audit(bench, (Verdict.REQUEST_CHANGES, "The rest is small."))

    result, world = play(scenario)

    assert result.phase is Phase.FINISHED
    assert world.shelf.offsets() == PAGES
    assert sum(page.without_model for page in world.shelf.read) == 6


def test_stopping_undoes_what_the_audit_did(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, World]:
        return await audit(bench, (Verdict.REJECT, "Too dear."))

    result, world = play(scenario)

    assert (result.phase, result.reason) == (Phase.REJECTED, "The budget was rejected: Too dear.")
    assert world.did("undo") == [f"undo {EffectKind.WORKPAPERS.value}", f"undo {EffectKind.BOOKS_LEASE.value}"]
