"""Who decided what: not what was undone, and for whom it was said."""

from datetime import UTC, datetime

from audit_agent.domain.ids import AuditId, DecisionId, Person, review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Decision, Receipt, Verdict
from audit_agent.reports.approvals import build_approvals
from audit_agent.reports.inputs import AnsweredDecision

AUDIT = AuditId("AUD-2026-0001")
ANNA, BEN = Person("user:anna"), Person("user:ben")


def said(name: str, by: Person, verdict: Verdict, **receipt: object) -> AnsweredDecision:
    decision = Decision(
        id=DecisionId(name),
        review=review_id(AUDIT, Gate.PLAN, 1),
        audit=AUDIT,
        gate=Gate.PLAN,
        subject=Digest("a" * 64),
        person=by,
        verdict=verdict,
        surface="slack",
        made_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    fields = {"decision": decision.id, "answer": Answer.RECORDED, "message": "Recorded."} | receipt
    return AnsweredDecision(decision=decision, receipt=Receipt.model_validate(fields))


def test_what_was_undone_is_no_approval() -> None:
    lines = build_approvals(
        (
            said("1", ANNA, Verdict.APPROVE),
            said("2", ANNA, Verdict.APPROVE),
            said("3", ANNA, Verdict.UNDO, undid=DecisionId("2")),
            said("4", BEN, Verdict.APPROVE),
        )
    )

    assert [(line.person, line.verdict) for line in lines] == [(BEN, Verdict.APPROVE)]


def test_a_decision_after_an_undo_stands() -> None:
    lines = build_approvals(
        (
            said("1", ANNA, Verdict.APPROVE),
            said("2", ANNA, Verdict.UNDO, undid=DecisionId("1")),
            said("3", ANNA, Verdict.APPROVE),
        )
    )

    assert len(lines) == 1


def test_a_delegate_is_named_with_whom_they_stood_in_for() -> None:
    lines = build_approvals((said("1", BEN, Verdict.APPROVE, on_behalf_of=ANNA),))

    assert [line.person for line in lines] == ["user:ben for user:anna"]
