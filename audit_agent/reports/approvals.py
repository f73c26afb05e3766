"""Who decided what: once without times and ids for the part people sign, once with them for the run."""

from audit_agent.domain.ids import Person
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Answer, Verdict
from audit_agent.reports.inputs import AnsweredDecision
from audit_agent.reports.parts import Approval
from audit_agent.reports.run import DecisionTaken

_ORDER = list(Gate)


def build_approvals(decisions: tuple[AnsweredDecision, ...]) -> tuple[Approval, ...]:
    """Every decision that counted and was not undone, by gate, version and person.

    Approvals of the report itself are not among them: they come after it is written. Changes asked of an earlier
    version of it are.
    """
    lines = [_approval(item) for item in _standing(decisions)]
    return tuple(sorted(lines, key=lambda line: (_ORDER.index(line.gate), line.version, line.person, line.verdict)))


def decision_taken(item: AnsweredDecision) -> DecisionTaken:
    """A decision as it arrived, whatever answer it got."""
    decision = item.decision
    return DecisionTaken(
        id=decision.id,
        review=decision.review,
        gate=decision.gate,
        version=_round(decision.review),
        person=_who(item),
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
        person=_who(item),
        reason=decision.reason,
        subject=None if decision.gate is Gate.REPORT else decision.subject,
    )


def _standing(decisions: tuple[AnsweredDecision, ...]) -> list[AnsweredDecision]:
    """What was recorded and not undone. Whoever said the same twice takes back all of it."""
    standing: list[AnsweredDecision] = []
    for item in decisions:
        if item.receipt.answer is not Answer.RECORDED:
            continue
        if item.decision.verdict is not Verdict.UNDO:
            standing.append(item)
            continue
        undone = {_word(one) for one in standing if one.decision.id == item.receipt.undid}
        standing = [one for one in standing if _word(one) not in undone]
    return standing


def _word(item: AnsweredDecision) -> tuple[str, str, str]:
    return item.decision.review, item.decision.person, item.decision.verdict.value


def _who(item: AnsweredDecision) -> Person:
    """Who decided, and for whom."""
    behalf = item.receipt.on_behalf_of
    return item.decision.person if behalf is None else Person(f"{item.decision.person} for {behalf}")


def _round(review: str) -> int:
    """The round a review id ends on, see `ids.review_id`."""
    return int(review.rpartition("/")[2])
