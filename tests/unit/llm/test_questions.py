"""Questions to process owners in plans, from programmes and from reviewers' comments."""

import asyncio

import pytest
from pydantic import ValidationError

from audit_agent.domain.evidence_request import Question
from audit_agent.domain.ids import Person
from audit_agent.domain.plan import Plan, PlanStep, plan_changes
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.llm.questions import left_to_the_model, with_questions
from tests.peers.audit_samples import SmallCatalogue, planning

ANALYST = OfflineAnalyst(SmallCatalogue())
ASK = "ask user:omar in JE-08 within 5 days: Who signed: both? expecting the contract."


def first_plan() -> Plan:
    return asyncio.run(ANALYST.draft_plan(planning()))


def revised(*comments: str) -> Plan:
    return asyncio.run(ANALYST.revise_plan(planning(), first_plan(), comments))


def asked(plan: Plan) -> list[Question]:
    return [one for step in plan.steps for one in step.requests]


def test_a_reviewer_puts_a_question_into_a_step() -> None:
    plan = revised(ASK)

    assert asked(plan) == [
        Question(owner=Person("user:omar"), question="Who signed: both?", expected="the contract", due_in_days=5)
    ]
    assert any(line.startswith("~ S03 asks user:omar within 5 days") for line in plan_changes(first_plan(), plan))
    assert "asks user:omar" in plan.answers[0]


def test_a_question_keeps_its_semicolons_and_other_instructions_stand_between_them() -> None:
    plan = revised("Please ask user:omar in JE-08: Who posts at night; and why?\nremove JE-05; JE-08 multiple 5000")

    assert [one.question for one in asked(plan)] == ["Who posts at night; and why?"]
    assert "JE-05" not in [step.procedure for step in plan.steps]
    assert {step.procedure: step for step in plan.steps}["JE-08"].parameters["multiple"] == "5000"


@pytest.mark.parametrize(
    ("comment", "answer"),
    [
        ("ask omar in JE-08: Who?", "not understood"),
        ("ask user:omar in JE-08 within 999 days: Who?", "not understood"),
        ("ask user:omar in JE-99: Who?", "has no steps JE-99"),
        ("\n".join(f"ask user:omar in S03: Who {number}?" for number in range(6)), "may ask 5 questions"),
    ],
)
def test_what_cannot_be_asked_is_answered_plainly(comment: str, answer: str) -> None:
    assert answer in revised(comment).answers[-1]


def test_a_models_plan_keeps_the_questions_and_gets_the_reviewers() -> None:
    before = revised(ASK)
    drafted = first_plan()

    plan = with_questions(drafted, before, planning(), ("ask slack:T1/U1 in S01: And?\nremove JE-05",))

    assert [one.owner for one in asked(plan)] == ["slack:T1/U1", "user:omar"]
    assert left_to_the_model(("ask slack:T1/U1 in S01: And?\nremove JE-05",)) == ("remove JE-05",)
    assert left_to_the_model(("Look at accruals; please",)) == ("Look at accruals; please",)


def test_a_question_stays_with_its_procedure_when_a_model_numbers_the_steps_anew() -> None:
    before = revised(ASK)
    drafted = first_plan()
    renumbered = [
        step.model_copy(update={"id": f"S{number:02}"}) for number, step in enumerate(reversed(drafted.steps), start=1)
    ]
    moved = drafted.model_copy(update={"steps": tuple(renumbered)})

    plan = with_questions(moved, before, planning(), ())

    assert [step.procedure for step in plan.steps if step.requests] == ["JE-08"]
    assert asked(plan) == asked(before)


def test_a_question_follows_the_id_where_a_procedure_is_planned_twice() -> None:
    before = revised(ASK)
    twin = before.steps[-1].model_copy(update={"procedure": "JE-08", "id": "S09", "requests": ()})
    drafted = before.model_copy(update={"steps": (*before.steps, twin)})

    plan = with_questions(drafted, before, planning(), ())

    assert [step.id for step in plan.steps if step.requests] == ["S03"]


def test_a_plan_without_investigations_has_the_bytes_it_always_had() -> None:
    assert not {"investigate", "inquiry"} & set(first_plan().model_dump()["steps"][0])


def test_a_plan_without_questions_has_the_bytes_it_always_had() -> None:
    assert "requests" not in first_plan().model_dump_json()


@pytest.mark.parametrize("owner", ["omar", "user:", "role:controller", "slack:T1", "user:a b", "*"])
def test_only_one_person_can_be_asked(owner: str) -> None:
    with pytest.raises(ValidationError):
        Question(owner=Person(owner), question="Who?")


def test_a_step_asks_five_questions_at_most() -> None:
    question = Question(owner=Person("user:omar"), question="Who?")
    step = first_plan().steps[0]
    with pytest.raises(ValidationError):
        PlanStep(**step.model_dump(exclude={"requests"}), requests=(question,) * 6)


def test_a_reviewer_marks_a_step_to_be_investigated() -> None:
    plan = revised("investigate JE-08: who estimates; and how?")

    [step] = [step for step in plan.steps if step.investigate]
    assert (step.procedure, step.inquiry) == ("JE-08", "who estimates; and how?")
    assert f"~ {step.id} is investigated: who estimates; and how?" in plan_changes(first_plan(), plan)
    assert "is looked into" in plan.answers[0]


def test_a_models_plan_is_marked_by_programme_version_before_and_reviewers() -> None:
    context, bare = planning(), first_plan()
    marked = context.program.procedures[0].model_copy(update={"investigate": True})
    program = context.program.model_copy(update={"procedures": (marked, *context.program.procedures[1:])})
    context = context.model_copy(update={"program": program})

    first = with_questions(bare, None, context, ())
    second = with_questions(bare, first, context, ("investigate JE-08",))

    assert [step.procedure for step in first.steps if step.investigate] == [marked.id]
    assert [step.procedure for step in second.steps if step.investigate] == [marked.id, "JE-08"]
    assert left_to_the_model(("investigate JE-08: why?\nmore on accruals",)) == ("more on accruals",)
