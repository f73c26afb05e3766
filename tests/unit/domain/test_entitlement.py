"""By what right somebody decides, and what the separation of duties makes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit_agent.domain.directory import Capacity, Standing
from audit_agent.domain.entitlement import cancelling_refusal
from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.policy import Gate, GatePolicy, Policy
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Decision, Outcome, Receipt, Review, Verdict
from audit_agent.domain.review_state import ReviewState

OPENED = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA, BEN, CHRIS, REQUESTER = (Person(f"user:{name}") for name in ("anna", "ben", "chris", "requester"))
ANNA_IN_SLACK = Person("slack:T1/ANNA")


def state(preparers: tuple[Person, ...] = (), **rules: Any) -> ReviewState:
    return ReviewState(
        Review(
            id=ReviewId("AUD-2026-0001/plan/1"),
            audit=AuditId("AUD-2026-0001"),
            gate=Gate.PLAN,
            round=1,
            subject=Digest("a" * 64),
            title="Plan",
            requester=REQUESTER,
            preparers=preparers,
            policy=GatePolicy.model_validate(rules),
            opened_at=OPENED,
        )
    )


def own(person: Person, *others: Person, **known: Any) -> Capacity:
    return Capacity(person=person, identities=others, **known)


def said(by: Capacity, verdict: Verdict = Verdict.APPROVE, **details: Any) -> Decision:
    fields: dict[str, Any] = {
        "id": DecisionId(f"{by.person} {verdict}"),
        "reason": "because",
        "surface": "terminal",
        "standing": Standing(own=by),
        "made_at": OPENED,
    }
    return Decision(
        review=ReviewId("AUD-2026-0001/plan/1"),
        audit=AuditId("AUD-2026-0001"),
        gate=Gate.PLAN,
        subject=Digest("a" * 64),
        person=by.person,
        verdict=verdict,
        **(fields | details),
    )


def for_(delegator: Capacity, by: Capacity) -> dict[str, Any]:
    return {"standing": Standing(own=by, delegators=(delegator,))}


def answer(review: ReviewState, decision: Decision) -> Receipt:
    return review.record(decision, OPENED + SECOND)


def test_a_role_entitles() -> None:
    review = state(roles=("controller",))

    refused = answer(review, said(own(BEN)))
    taken = answer(review, said(own(ANNA, roles=("controller",))))

    assert (refused.answer, taken.outcome) == (Answer.NOT_YOURS, Outcome.APPROVED)


def test_a_user_group_entitles() -> None:
    assert answer(state(user_groups=("S1",)), said(own(ANNA, user_groups=("S1",)))).outcome is Outcome.APPROVED


def test_a_group_that_cannot_be_looked_up_entitles_nobody_and_the_answer_says_so() -> None:
    standing = Standing(own=own(ANNA), unchecked=("S1",))

    receipt = answer(state(user_groups=("S1",)), said(own(ANNA), standing=standing))

    assert receipt.answer is Answer.NOT_YOURS
    assert "S1 cannot be looked up" in receipt.message


def test_somebody_from_elsewhere_for_whom_no_directory_was_asked_decides_nothing() -> None:
    assert answer(state(), said(own(ANNA_IN_SLACK), standing=None)).answer is Answer.NOT_YOURS


def test_what_the_directory_says_of_somebody_else_vouches_for_nobody() -> None:
    assert answer(state(), said(own(ANNA_IN_SLACK), standing=Standing(own=own(BEN)))).answer is Answer.NOT_YOURS


def test_two_accounts_of_one_person_count_once() -> None:
    review = state(quorum=2)

    answer(review, said(own(ANNA, ANNA_IN_SLACK)))
    second = answer(review, said(own(ANNA_IN_SLACK, ANNA)))

    assert (second.outcome, second.answer) == (None, Answer.RECORDED)


def test_an_approver_and_their_own_delegate_count_once() -> None:
    review = state(quorum=2, eligible=(ANNA, CHRIS))

    answer(review, said(own(ANNA)))
    by_delegate = answer(review, said(own(BEN), **for_(own(ANNA), own(BEN))))
    by_another = answer(review, said(own(CHRIS)))

    assert (by_delegate.outcome, by_another.outcome) == (None, Outcome.APPROVED)


def test_a_delegate_for_two_is_one_person() -> None:
    review = state(quorum=2, eligible=(ANNA, CHRIS))

    answer(review, said(own(BEN), **for_(own(ANNA), own(BEN))))
    again = answer(review, said(own(BEN), id=DecisionId("again"), **for_(own(CHRIS), own(BEN))))

    assert again.outcome is None


def test_who_may_decide_themselves_decides_for_themselves() -> None:
    receipt = answer(state(eligible=(ANNA, BEN)), said(own(BEN), **for_(own(ANNA), own(BEN))))

    assert receipt.on_behalf_of is None


def test_a_requester_with_another_account_is_still_the_requester() -> None:
    assert answer(state(), said(own(ANNA_IN_SLACK, REQUESTER))).answer is Answer.NOT_YOURS


def test_a_requester_does_not_approve_as_somebodys_delegate() -> None:
    review = state(eligible=(ANNA,))

    receipt = answer(review, said(own(REQUESTER), **for_(own(ANNA), own(REQUESTER))))

    assert receipt.answer is Answer.NOT_YOURS


def test_a_delegate_may_reject_for_the_requester() -> None:
    review = state(eligible=(REQUESTER,))

    receipt = answer(review, said(own(BEN), Verdict.REJECT, **for_(own(REQUESTER), own(BEN))))

    assert (receipt.outcome, receipt.on_behalf_of) == (Outcome.REJECTED, REQUESTER)


def test_a_policy_may_want_a_reason_for_approvals_too() -> None:
    assert answer(state(approval_needs_reason=True), said(own(ANNA), reason=" ")).answer is Answer.REASON_MISSING


def test_what_an_earlier_approver_can_still_undo_is_not_final_by_the_next() -> None:
    review = state(quorum=2)
    answer(review, said(own(ANNA_IN_SLACK), surface="slack"))
    settled = answer(review, said(own(BEN)))

    undone = answer(review, said(own(ANNA_IN_SLACK), Verdict.UNDO, surface="slack"))

    assert (settled.outcome, review.outcome) == (Outcome.APPROVED, None)
    assert (undone.answer, review.settlement) == (Answer.RECORDED, None)


def test_an_undo_clicked_in_time_counts_though_no_worker_heard_of_it_until_later() -> None:
    review = state(undo_window=timedelta(minutes=1))
    answer(review, said(own(ANNA)))

    undo = said(own(ANNA), Verdict.UNDO, made_at=OPENED + 30 * SECOND)

    assert review.record(undo, OPENED + 300 * SECOND).answer is Answer.RECORDED


def test_while_it_can_be_undone_a_decision_keeps_others_out() -> None:
    review = state(undo_window=timedelta(minutes=1))
    answer(review, said(own(ANNA)))

    late = answer(review, said(own(BEN), Verdict.REJECT))

    assert late.answer is Answer.TOO_LATE


@pytest.mark.parametrize(
    ("by", "may"),
    [
        (own(REQUESTER), True),
        (own(ANNA_IN_SLACK, REQUESTER), True),
        (own(ANNA), True),
        (own(BEN, roles=("controller",)), True),
        (own(BEN, user_groups=("S0CHIEFS",)), True),
        (own(CHRIS), False),
        (own(CHRIS, roles=("clerk",), user_groups=("S0OTHERS",)), False),
    ],
    ids=["requester", "requester elsewhere", "named", "role", "user group", "nobody", "other role and group"],
)
def test_an_audit_is_ended_by_its_requester_and_by_whom_any_gate_names(by: Capacity, may: bool) -> None:
    policy = Policy(
        findings=GatePolicy(eligible=(ANNA,)),
        remediation=GatePolicy(roles=("controller",)),
        report=GatePolicy(user_groups=("S0CHIEFS",)),
    )
    assert (cancelling_refusal(REQUESTER, policy, Standing(own=by)) == "") is may


def test_a_delegate_ends_what_the_delegator_could() -> None:
    standing = Standing(own=own(CHRIS), delegators=(own(ANNA),))
    assert cancelling_refusal(REQUESTER, Policy(report=GatePolicy(eligible=(ANNA,))), standing) == ""


def test_nobody_ends_an_audit_who_is_barred_or_whose_group_cannot_be_looked_up() -> None:
    policy = Policy(report=GatePolicy(user_groups=("S0CHIEFS",)))
    barred = Standing(own=own(REQUESTER), barred="A guest.")
    unchecked = Standing(own=own(BEN), unchecked=("S0CHIEFS",))

    assert cancelling_refusal(REQUESTER, policy, barred) == "A guest."
    assert "cannot be looked up" in cancelling_refusal(REQUESTER, policy, unchecked)
