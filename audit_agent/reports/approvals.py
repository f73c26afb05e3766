"""Who decided what: once without times and ids for the part people sign, once with them for the run."""

from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Answer
from audit_agent.reports.inputs import AnsweredDecision
from audit_agent.reports.parts import Approval
from audit_agent.reports.run import DecisionTaken

_ORDER = list(Gate)


def build_approvals(decisions: tuple[AnsweredDecision, ...]) -> tuple[Approval, ...]:
    """Every decision that counted, by gate, version and person.

    Approvals of the report itself are not among them: they come after it is written. Changes asked of an earlier
    version of it are.
    """
    lines = [_approval(item) for item in decisions if item.receipt.answer is Answer.RECORDED]
    return tuple(sorted(lines, key=lambda line: (_ORDER.index(line.gate), line.version, line.person, line.verdict)))


def decision_taken(item: AnsweredDecision) -> DecisionTaken:
    """A decision as it arrived, whatever answer it got."""
    decision = item.decision
    return DecisionTaken(
        id=decision.id,
        review=decision.review,
        gate=decision.gate,
        version=_round(decision.review),
        person=decision.person,
        verdict=decision.verdict,
        reason=decision.reason,
        subject=decision.subject,
        surface=decision.surface,
        made_at=decision.made_at,
        answer=item.receipt.answer,
        message=item.receipt.message,
    )


def _approval(item: AnsweredDecision) -> Approval:
    decision = item.decision
    return Approval(
        gate=decision.gate,
        version=_round(decision.review),
        verdict=decision.verdict,
        person=decision.person,
        reason=decision.reason,
        subject=None if decision.gate is Gate.REPORT else decision.subject,
    )


def _round(review: str) -> int:
    """The round a review id ends on, see `ids.review_id`."""
    return int(review.rpartition("/")[2])
