"""The offline analyst's plans."""

import asyncio

import pytest

from audit_agent.domain.asked import Asked
from audit_agent.domain.plan import Plan, plan_changes, plan_problems
from audit_agent.llm.errors import PlanNotValidError
from audit_agent.llm.offline.analyst import OfflineAnalyst
from tests.peers.audit_samples import MATERIALITY, PROGRAM, SmallCatalogue, planning

ANALYST = OfflineAnalyst(SmallCatalogue())


def first_plan() -> Plan:
    return asyncio.run(ANALYST.draft_plan(planning()))


def revised(*comments: str) -> Plan:
    return asyncio.run(ANALYST.revise_plan(planning(), first_plan(), comments))


def test_every_procedure_the_books_allow_becomes_a_step() -> None:
    assert [(step.id, step.procedure) for step in first_plan().steps] == [
        ("S01", "JE-02"),
        ("S02", "JE-05"),
        ("S03", "JE-08"),
    ]


def test_what_the_books_do_not_allow_is_named_with_the_reason() -> None:
    [omitted] = first_plan().omitted
    assert omitted.procedure == "JE-10"
    assert "Entered_By" in omitted.reason


def test_a_drafted_plan_can_be_carried_out() -> None:
    assert plan_problems(first_plan(), PROGRAM, SmallCatalogue(), planning().profile) == ()


def test_round_amounts_are_looked_for_from_performance_materiality_on() -> None:
    step = first_plan().steps[2]
    assert step.parameters == {"minimum_amount": "37500.00"}


def test_analysis_waits_for_the_balance_check() -> None:
    assert first_plan().steps[2].depends_on == ("S01",)


def test_materiality_is_taken_over_unchanged() -> None:
    assert first_plan().materiality == MATERIALITY


def test_the_same_books_give_the_same_plan() -> None:
    assert first_plan() == first_plan()


def test_books_that_allow_nothing_give_a_clear_failure() -> None:
    empty = planning(empty_columns=("Journal_ID", "Amount", "Entered_Date", "Entered_By"))
    with pytest.raises(PlanNotValidError, match="no steps"):
        asyncio.run(ANALYST.draft_plan(empty))


def test_a_step_is_removed_with_the_reviewers_reason() -> None:
    plan = revised("remove JE-05: batch jobs only")
    assert "JE-05" not in [step.procedure for step in plan.steps]
    assert plan.omitted[-1].reason == "Removed by a reviewer: batch jobs only."


def test_nothing_waits_for_a_step_that_was_removed() -> None:
    plan = revised("remove JE-02")
    assert plan_problems(plan, PROGRAM, SmallCatalogue(), planning().profile) == ()


@pytest.mark.parametrize("comment", ["JE-08 unit 10000", "set JE-08 multiple=10000", "S03 multiple to 10000"])
def test_a_parameter_is_changed(comment: str) -> None:
    assert "~ S03 JE-08 multiple: default -> 10000" in plan_changes(first_plan(), revised(comment))


def test_a_bad_parameter_is_refused_in_words() -> None:
    plan = revised("JE-08 multiple lots")
    assert plan.steps == first_plan().steps
    assert "not done" in plan.answers[0]


def test_a_removed_step_can_be_added_again() -> None:
    without = revised("remove JE-05")
    plan = asyncio.run(ANALYST.revise_plan(planning(), without, ("add JE-05",)))
    assert plan.steps[-1].procedure == "JE-05"
    assert [item.procedure for item in plan.omitted] == ["JE-10"]


def test_a_step_the_books_do_not_allow_is_not_added() -> None:
    assert "not done: JE-10 needs" in revised("add JE-10").answers[0]


def test_a_comment_outside_the_vocabulary_is_answered_plainly() -> None:
    plan = revised("I do not like Mondays")
    assert plan.version == 2
    assert "not understood" in plan.answers[0]


def test_several_instructions_in_one_comment_are_each_answered() -> None:
    plan = revised("remove JE-05; JE-08 multiple 10000\nadd JE-99")
    assert len(plan.answers) == 3


def test_the_last_step_is_not_removed() -> None:
    plan = revised("remove JE-05", "remove JE-08", "remove JE-02")
    assert len(plan.steps) == 1
    assert "no step would be left" in plan.answers[-1]


def test_a_plan_follows_a_request_and_answers_each_wish() -> None:
    wished = Asked(
        text="Only round amounts over 500.",
        program="journal-entries",
        instructions=(
            "remove JE-02: the request asks for others only",
            "JE-08 minimum_amount=500",
            "investigate JE-08",
        ),
        unread=("the moon",),
    )

    plan = asyncio.run(ANALYST.draft_plan(planning().model_copy(update={"asked": wished})))

    assert plan.version == 1
    assert "JE-02" not in [step.procedure for step in plan.steps]
    (step,) = (step for step in plan.steps if step.procedure == "JE-08")
    assert (step.parameters["minimum_amount"], step.investigate) == ("500", True)
    left_out = {item.procedure: item.reason for item in plan.omitted}
    assert left_out["JE-02"] == "Left out: the request asks for others only."
    assert plan.summary.endswith("Asked for: Only round amounts over 500.")
    assert plan.answers[-1] == "the moon: not understood, so nothing was changed."
