"""What audits did is really undone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.domain.evidence_request import Question, Reply, RequestOutcome
from audit_agent.domain.ids import DecisionId
from audit_agent.domain.program import Program
from audit_agent.domain.review import Answer, Verdict
from audit_agent.domain.workpaper import Workpaper
from audit_agent.handoff.attachments import attach
from audit_agent.handoff.decide import submit
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.standing import AttestedReplies
from audit_agent.handoff.sweep import sweep_once
from audit_agent.handoff.undo import retry_compensations
from audit_agent.reports.model import AuditReport
from audit_agent.reports.render import render
from audit_agent.store.audits import Audits
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.store.replies import Replies
from audit_agent.store.verify import verify
from audit_agent.store.words import EffectState, Event, HoldState
from tests.integration.audit.conftest import OWNER, QUEUE, SOMEBODY, Stage, invoices_only

UNDONE_NEWEST_FIRST = ["published report", "payment holds", "published workpapers", "books lease"]


def undone(status: AuditStatus) -> list[str]:
    """What the log says was undone, in the log's order."""
    return [entry.data["effect"] for entry in status.log if entry.event is Event.EFFECT_UNDONE]


def states(status: AuditStatus) -> dict[EffectKind, EffectState]:
    return {effect.kind: effect.state for effect in status.effects}


def test_a_rejected_report_undoes_every_effect_once_newest_first(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3, Verdict.REJECT)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.REJECTED
    assert undone(status) == UNDONE_NEWEST_FIRST[1:]
    assert status.holds
    assert {held.state for held in status.holds} == {HoldState.RELEASED}
    assert stage.payments.held == {}
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None


def test_a_payment_system_that_refuses_half_way_leaves_no_hold_behind(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        stage.payments.refuses_after = 1
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.FAILED
    assert "No more holds" in status.audit.reason
    assert undone(status) == UNDONE_NEWEST_FIRST[1:]
    assert stage.payments.held == {}


def test_a_stuck_release_waits_for_a_person_and_is_done_when_asked(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        stage.payments.keeps_holds = True
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3, Verdict.REJECT)
        await stage.until(audit, lambda status: status.audit.phase is Phase.NEEDS_PERSON)
        stage.payments.keeps_holds = False
        await retry_compensations(stage.database, stage.client, audit, SOMEBODY, datetime.now(UTC))
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.REJECTED
    assert undone(status) == ["published workpapers", "books lease", "payment holds"]
    assert stage.payments.held == {}


def test_an_audit_terminated_from_outside_is_found_and_undone(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3)
        await stage.until(audit, lambda status: status.waiting_for is not None)
        await stage.client.get_workflow_handle(audit).terminate("an administrator was hasty")
        await sweep_once(stage.database, stage.client, QUEUE, datetime.now(UTC))
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.TERMINATED
    assert undone(status) == UNDONE_NEWEST_FIRST[1:]
    assert stage.payments.held == {}
    assert status.waiting_for is None


def test_a_request_that_never_reached_temporal_is_started_by_the_sweep(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audits = Audits(stage.database)
        lost = (await _requested_only(stage, audits)).audit.id
        await sweep_once(stage.database, stage.client, QUEUE, datetime.now(UTC) + timedelta(minutes=1))
        return await stage.until(lost, lambda status: status.waiting_for is not None)

    _, status = play(scenario)

    assert status.audit.phase is Phase.PLAN_REVIEW


def test_an_answer_is_in_the_workpaper_and_in_the_signed_report(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start(_asking())
        await stage.decide(audit, Verdict.APPROVE)
        (asked,) = (await stage.until(audit, lambda status: bool(status.requests))).requests
        file = attach(stage.evidence, "contract.pdf", b"%PDF-1.7 signed")
        reply = Reply(
            id=DecisionId("reply"), request=asked.request.id, audit=audit, person=OWNER, text="Both signed.",
            file=file, surface="terminal", made_at=datetime.now(UTC),
        )  # fmt: skip
        delivery = AttestedReplies(TemporalDelivery(stage._connected), stage.database)
        submission = await submit(reply, Replies(stage.database), delivery)
        assert submission.receipt is not None
        assert submission.receipt.answer is Answer.RECORDED
        await stage.decide(audit, *[Verdict.APPROVE] * 3)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.FINISHED
    assert states(status)[EffectKind.EVIDENCE_REQUESTS] is EffectState.DONE
    (paper,) = [step.workpaper for step in status.steps if step.step == status.requests[0].request.step]
    (asked,) = Workpaper.model_validate_json(stage.evidence.read(paper)).asked
    assert (asked.outcome, asked.answered_by, asked.text) == (RequestOutcome.ANSWERED, OWNER, "Both signed.")
    assert status.audit.report is not None
    report = AuditReport.model_validate_json(stage.evidence.read(status.audit.report))
    assert f"Evidence `{asked.evidence}`, file contract.pdf" in render(report, "md").decode()
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None


def test_questions_of_an_audit_terminated_from_outside_are_withdrawn_once(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start(_asking())
        await stage.decide(audit, Verdict.APPROVE)
        await stage.until(audit, lambda status: bool(status.requests))
        await stage.client.get_workflow_handle(audit).terminate("an administrator was hasty")
        await sweep_once(stage.database, stage.client, QUEUE, datetime.now(UTC))
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert undone(status)[0] == "evidence requests"
    assert [one.outcome for one in status.requests] == [RequestOutcome.WITHDRAWN]
    assert [entry.event for entry in status.log].count(Event.EVIDENCE_WITHDRAWN) == 1
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None


def _asking() -> Program:
    """The same programme; its first procedure asks."""
    program = invoices_only()
    first, *others = program.procedures
    question = Question(owner=OWNER, question="Who signed?", expected="the contract")
    return program.model_copy(update={"procedures": (first.model_copy(update={"requests": (question,)}), *others)})


async def _requested_only(stage: Stage, audits: Audits) -> AuditStatus:
    """An audit whose surface died between recording the request and starting the workflow."""
    first = await stage.start()
    await stage.decide(first, Verdict.REJECT)
    ended = await stage.ended(first)
    request = audits.request(first).model_copy(update={"audit": audits.new_audit_id(2026)})
    audits.create(request, datetime.now(UTC))
    assert ended.audit.phase is Phase.REJECTED
    return audit_status(stage.database, request.audit)
