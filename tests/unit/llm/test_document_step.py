"""The documents step: code puts it into plans, and reviewers' comments on it are carried out by code."""

import asyncio

from audit_agent.domain.plan import VOUCHING, Plan, PlanStep, StepKind
from audit_agent.domain.record import Digest
from audit_agent.llm.document_step import Documents, left_to_the_analyst, with_documents, without_documents
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.procedures.registry import REGISTRY
from tests.peers.audit_samples import PROGRAM, SmallCatalogue, planning

ANALYST = OfflineAnalyst(SmallCatalogue())
DOCUMENTS = Documents(Digest("d" * 64), 1_200)


def first_plan() -> Plan:
    return with_documents(asyncio.run(ANALYST.draft_plan(planning())), None, DOCUMENTS, PROGRAM, REGISTRY)


def revised(plan: Plan, *comments: str) -> Plan:
    known, left = without_documents(plan), left_to_the_analyst(comments, plan)
    analysts = asyncio.run(ANALYST.revise_plan(planning(), known, left))
    return with_documents(analysts, plan, DOCUMENTS, PROGRAM, REGISTRY, comments)


def documents_step(plan: Plan) -> PlanStep | None:
    return next((step for step in plan.steps if step.procedure == VOUCHING), None)


def test_a_plan_has_the_step_where_there_are_documents_and_says_which() -> None:
    plan = first_plan()

    step = documents_step(plan)
    assert step is not None
    assert (step.id, step.kind) == ("S04", StepKind.DOCUMENTS)
    assert step.why == "1,200 documents, frozen as dddddddd, are compared with the books."
    assert plan.summary.endswith(step.why)
    assert step.risk in {risk.id for risk in PROGRAM.risks}


def test_a_plan_without_documents_is_the_analysts_own() -> None:
    plan = asyncio.run(ANALYST.draft_plan(planning()))

    assert with_documents(plan, None, None, PROGRAM, REGISTRY) == plan


def test_a_revision_keeps_the_step_and_the_analyst_sees_the_other_comments_only() -> None:
    plan = revised(first_plan(), "remove JE-05: batch jobs; DOC-01 questions When is it due?, Who signed?")

    step = documents_step(plan)
    assert step is not None
    assert step.parameters == {"questions": "When is it due?, Who signed?"}
    assert [step.procedure for step in plan.steps] == ["JE-02", "JE-08", VOUCHING]
    assert len(plan.answers) == 2


def test_reviewers_can_drop_the_step_and_take_it_back() -> None:
    dropped = revised(first_plan(), "remove S04: seen already")
    again = revised(dropped, "add DOC-01")

    assert documents_step(dropped) is None
    assert dropped.omitted[-1].reason == "Removed by a reviewer: seen already."
    assert documents_step(revised(dropped, "add JE-10")) is None
    assert documents_step(again) is not None
    assert VOUCHING not in {one.procedure for one in again.omitted}


def test_what_cannot_be_set_is_answered() -> None:
    plan = revised(first_plan(), "DOC-01 depth 3")

    assert documents_step(plan) == documents_step(first_plan())
    assert "There is no parameter 'depth'" in plan.answers[0]
