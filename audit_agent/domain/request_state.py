"""The rules by which replies and time settle an evidence request. Pure; the caller has the clock."""

from dataclasses import dataclass, field
from datetime import datetime

from audit_agent.domain.business_time import Reminder, reminder_times
from audit_agent.domain.directory import Capacity, Standing
from audit_agent.domain.entitlement import barred
from audit_agent.domain.evidence_request import EvidenceRequest, Reply, RequestOutcome
from audit_agent.domain.ids import DecisionId, Person
from audit_agent.domain.nudging import next_in_time
from audit_agent.domain.review import Answer, NextNudge, Nudge, Receipt


@dataclass
class RequestState:
    """One request and what was replied so far. The same reply id is answered the same way twice."""

    request: EvidenceRequest
    reminders: tuple[Reminder, ...] = field(init=False)
    receipts: dict[DecisionId, Receipt] = field(default_factory=dict)
    outcome: RequestOutcome | None = None
    reminded: int = 0
    level: int = 0

    def __post_init__(self) -> None:
        request, policy = self.request, self.request.policy
        times = reminder_times(request.asked_at, policy.remind_every, policy.reminders, request.due)
        self.reminders = tuple(Reminder(at=at, to=(request.owner,)) for at in times)

    def refusal(self, reply: Reply, now: datetime) -> Receipt | None:
        """Why a reply cannot be taken, or None when it can. Changes nothing."""
        if reply.id in self.receipts:
            return None
        if self.outcome is not None or now >= self.request.due:
            ended = self.outcome or RequestOutcome.EXPIRED
            return _refuse(reply, Answer.TOO_LATE, f"Too late: this request is already {ended.value}.")
        if isinstance(right := right_to_reply(self.request, reply), str):
            return _refuse(reply, Answer.NOT_YOURS, right)
        if not reply.text.strip() and reply.file is None:
            return _refuse(reply, Answer.REASON_MISSING, "Write an answer or give a file.")
        return None

    def record(self, reply: Reply, now: datetime) -> Receipt:
        """Take a reply; the receipt says what became of it. A repeated reply id gets its first receipt."""
        if first := self.receipts.get(reply.id):
            return first.model_copy(update={"answer": Answer.DUPLICATE}) if first.answer is Answer.RECORDED else first
        receipt = self.refusal(reply, now)
        if receipt is None:
            self.outcome = RequestOutcome.ANSWERED
            right = right_to_reply(self.request, reply)
            assert not isinstance(right, str), "a refused reply is not taken"
            behalf: Person | None = None if right == _own(reply) else right.person
            message = "Recorded." if behalf is None else f"Recorded for {behalf}."
            receipt = Receipt(decision=reply.id, answer=Answer.RECORDED, message=message, on_behalf_of=behalf)
        self.receipts[reply.id] = receipt
        return receipt

    def next_nudge(self) -> NextNudge:
        """What time will do next to this open request."""
        request = self.request
        to_remind, to_escalate = self.reminders[self.reminded :], request.levels[self.level :]
        return next_in_time(request.asked_at, request.due, to_remind, to_escalate)

    def apply(self, nudge: Nudge) -> None:
        """Let time do this to the request."""
        match nudge:
            case Nudge.REMIND:
                self.reminded += 1
            case Nudge.ESCALATE:
                self.level += 1
            case Nudge.EXPIRE:
                self.outcome = RequestOutcome.EXPIRED
            case Nudge.SETTLE:
                raise ValueError("a reply is final at once")

    def withdraw(self) -> None:
        """The audit stops: nobody needs the answer any more."""
        self.outcome = self.outcome or RequestOutcome.WITHDRAWN


def right_to_reply(request: EvidenceRequest, reply: Reply) -> Capacity | str:
    """In which capacity somebody replies, the owner's own or a delegator's; or in words why in none."""
    if why := barred(reply.person, reply.standing):
        return why
    standing = reply.standing or Standing(own=_own(reply))
    capacities: list[Capacity] = [one for one in standing.capacities() if request.owner in one.everyone]
    return capacities[0] if capacities else f"{request.owner} is asked; {reply.person} does not stand in for them."


def _own(reply: Reply) -> Capacity:
    return reply.standing.own if reply.standing else Capacity(person=reply.person)


def _refuse(reply: Reply, answer: Answer, message: str) -> Receipt:
    return Receipt(decision=reply.id, answer=answer, message=message)
