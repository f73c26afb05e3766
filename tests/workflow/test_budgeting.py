"""The budget gate: raise, another amount, finish without, stop, expire; one gate for all who wait."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audit_agent.domain.audit import AuditResult, Phase
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Verdict
from tests.workflow.conftest import Bench, Scenario
from tests.workflow.spending import Spending
from tests.workflow.world import REVIEWER, decision, policy, request

Play = Callable[[Scenario], Any]
Said = tuple[Verdict, str]


async def spending(bench: Bench, *said: Said, **rules: Any) -> AuditResult:
    """Reach the budget and let people say these, one at each review."""
    asked = request(f"AUD-{bench.queue}", policy(**rules))
    handle = await bench.env.client.start_workflow(Spending.run, asked, id=asked.audit, task_queue=bench.queue)
    for number, (verdict, reason) in enumerate(said, 1):
        word = decision(await bench.review(number), verdict, reason=reason)
        await handle.execute_update(Spending.decide, word, id=word.id)
    return await handle.result()


def test_raising_serves_all_who_wait_and_the_gate_opens_again_when_that_is_spent(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Bench]:
        return await spending(bench, (Verdict.APPROVE, ""), (Verdict.APPROVE, "")), bench

    result, bench = play(scenario)

    assert result.reason == "raised, raised, raised, raised"
    assert [review.gate for review in bench.world.reviews] == [Gate.BUDGET, Gate.BUDGET]
    assert [review.round for review in bench.world.reviews] == [1, 2]
    assert len(bench.world.did("raise_budget")) == 2


def test_another_amount_is_shown_before_it_is_agreed(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Bench]:
        first: Said = (Verdict.REQUEST_CHANGES, "raise to 75")
        return await spending(bench, first, (Verdict.APPROVE, ""), (Verdict.APPROVE, "")), bench

    result, bench = play(scenario)

    assert result.reason == "raised, raised, raised, raised"
    assert bench.world.did("draft_budget") == ["draft_budget 1", "draft_budget 2 raise to 75", "draft_budget 3"]
    assert bench.world.reviews[1].preparers == (REVIEWER,)
    assert len(bench.world.did("raise_budget")) == 2


def test_whoever_finishes_without_a_model_is_not_asked_again(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Bench]:
        return await spending(bench, (Verdict.REQUEST_CHANGES, "That will do.")), bench

    result, bench = play(scenario)

    assert result.reason == ", ".join(["without a model"] * 4)
    assert len(bench.world.reviews) == 1
    assert bench.world.did("raise_budget") == []


def test_rejecting_stops_the_audit(play: Play) -> None:
    async def scenario(bench: Bench) -> AuditResult:
        return await spending(bench, (Verdict.REJECT, "Too dear."))

    result = play(scenario)

    assert (result.phase, result.reason) == (Phase.REJECTED, "The budget was rejected: Too dear.")


def test_nobody_deciding_stops_the_audit_as_expired(play: Play) -> None:
    async def scenario(bench: Bench) -> AuditResult:
        asked = request(f"AUD-{bench.queue}", policy(expire_after=timedelta(days=5)))
        handle = await bench.env.client.start_workflow(Spending.run, asked, id=asked.audit, task_queue=bench.queue)
        await bench.review(1)
        await bench.env.fast_forward(handle, timedelta(days=6))
        return await handle.result()

    result = play(scenario)

    assert (result.phase, result.reason) == (Phase.EXPIRED, "Nobody decided the budget in time.")


@pytest.mark.parametrize("why", ["no such gate", "price unknown"])
def test_where_people_could_not_help_nobody_is_asked(play: Play, why: str) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, Bench]:
        asked = request(f"AUD-{bench.queue}")
        if why == "no such gate":
            gates = tuple(gate for gate in Gate if gate is not Gate.BUDGET)
            asked = asked.model_copy(update={"program": asked.program.model_copy(update={"gates": gates})})
        bench.world.price_is_known = why != "price unknown"
        handle = await bench.env.client.start_workflow(Spending.run, asked, id=asked.audit, task_queue=bench.queue)
        return await handle.result(), bench

    result, bench = play(scenario)

    assert result.reason == ", ".join(["without a model"] * 4)
    assert bench.world.reviews == []
