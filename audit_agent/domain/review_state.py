"""The rules by which people's decisions become one outcome. Pure; the caller has the clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from audit_agent.domain.business_time import Reminder, reminder_times
from audit_agent.domain.entitlement import Entitlement, entitlement
from audit_agent.domain.ids import DecisionId, Person
from audit_agent.domain.nudging import next_in_time
from audit_agent.domain.record import short
from audit_agent.domain.review import Answer, Decision, NextNudge, Nudge, Outcome, Receipt, Review, Verdict
from audit_agent.domain.wording import counted

_IN_WORDS = {
    Outcome.APPROVED: "approved",
    Outcome.CHANGES_REQUESTED: "sent back for changes",
    Outcome.REJECTED: "rejected",
}

_OUTCOMES = {
    Verdict.APPROVE: Outcome.APPROVED,
    Verdict.REQUEST_CHANGES: Outcome.CHANGES_REQUESTED,
    Verdict.REJECT: Outcome.REJECTED,
}


class Voice(NamedTuple):
    """A decision that stands, and who is behind it."""

    decision: Decision
    by: Entitlement
    undo_until: datetime | None
    """None for what could never be undone."""

    def is_of(self, people: frozenset[Person]) -> bool:
        """Whether one of these accounts made it."""
        return not self.by.clicked_by.isdisjoint(people)


class Settlement(NamedTuple):
    """An outcome that can still be undone."""

    outcome: Outcome
    voice: Voice
    final_at: datetime


@dataclass
class ReviewState:
    """One review and what was said so far. The same decision id is answered the same way twice."""

    review: Review
    reminders: tuple[Reminder, ...] = field(init=False)
    """When to remind whom; the policy's plain rhythm, at any time of day, until set otherwise."""
    receipts: dict[DecisionId, Receipt] = field(default_factory=dict)
    approvals: dict[Person, Voice] = field(default_factory=dict)
    settlement: Settlement | None = None
    settled_by: Decision | None = None
    outcome: Outcome | None = None
    """Set once nothing can be undone any more: effects may begin."""
    reminded: int = 0
    level: int = 0
    """How many times the review was escalated."""

    def __post_init__(self) -> None:
        self.reminders = plain_reminders(self.review)

    def refusal(self, decision: Decision, now: datetime) -> Receipt | None:
        """Why a decision cannot be taken, or None when it can. Changes nothing."""
        if decision.id in self.receipts:
            return None
        review = self.review
        undoes = decision.verdict is Verdict.UNDO
        if not undoes and (ended := self._ended(now)):
            return _refuse(decision, Answer.TOO_LATE, f"Too late: this review is already {ended.value}.")
        if decision.gate is not review.gate:
            return _refuse(
                decision,
                Answer.TOO_LATE,
                f"Too late: no review of the {decision.gate.value} is open any more; the audit waits for a decision "
                f"on the {review.gate.value}.",
            )
        if decision.review != review.id or decision.subject != review.subject:
            return _refuse(
                decision,
                Answer.STALE,
                f"What you were shown ({short(decision.subject)}) is not what is up for decision now "
                f"({short(review.subject)}). Look again, then decide.",
            )
        if undoes:
            return self._undo_refusal(decision, now)
        by = entitlement(review, decision, self.level)
        if isinstance(by, str):
            return _refuse(decision, Answer.NOT_YOURS, by)
        needs_reason = decision.verdict is not Verdict.APPROVE or review.policy.approval_needs_reason
        if needs_reason and not decision.reason.strip():
            return _refuse(decision, Answer.REASON_MISSING, "Give a reason, so that others can act on it.")
        return None

    def record(self, decision: Decision, now: datetime) -> Receipt:
        """Take a decision; the receipt says what became of it. A repeated decision id gets its first receipt."""
        if first := self.receipts.get(decision.id):
            return first.model_copy(update={"answer": Answer.DUPLICATE}) if _was_taken(first) else first
        receipt = self.refusal(decision, now) or self._take(decision, now)
        self.receipts[decision.id] = receipt
        return receipt

    def next_nudge(self) -> NextNudge:
        """What time will do next to this open review."""
        if self.settlement is not None:
            return NextNudge(Nudge.SETTLE, self.settlement.final_at)
        review = self.review
        to_remind, to_escalate = self.reminders[self.reminded :], review.policy.levels[self.level :]
        return next_in_time(review.opened_at, review.expires_at, to_remind, to_escalate)

    def apply(self, nudge: Nudge) -> None:
        """Let time do this to the review."""
        match nudge:
            case Nudge.REMIND:
                self.reminded += 1
            case Nudge.ESCALATE:
                self.level += 1
            case Nudge.EXPIRE:
                self.outcome = Outcome.EXPIRED
            case Nudge.SETTLE:
                assert self.settlement is not None
                self.outcome, self.settled_by = self.settlement.outcome, self.settlement.voice.decision
                self.settlement = None

    def withdraw(self) -> None:
        """The audit ends for another reason; an outcome that could still be undone never comes to be."""
        if self.outcome is None:
            self.outcome, self.settlement = Outcome.WITHDRAWN, None

    def to_remind(self) -> tuple[Person, ...]:
        """Whom the reminder just applied goes to: those it is planned for, and whoever was asked since."""
        planned = self.reminders[self.reminded - 1].to
        policy = self.review.policy
        first = policy.circle(0).addressees()
        return (*planned, *(one for one in policy.circle(self.level).addressees() if one not in first))

    def _ended(self, now: datetime) -> Outcome | None:
        if self.outcome is not None:
            return self.outcome
        if self.settlement is not None:
            return self.settlement.outcome
        return Outcome.EXPIRED if now >= self.review.expires_at else None

    def _take(self, decision: Decision, now: datetime) -> Receipt:
        if decision.verdict is Verdict.UNDO:
            return self._undo(decision, now)
        by = entitlement(self.review, decision, self.level)
        assert not isinstance(by, str), "a refused decision is not taken"
        window = self.review.policy.undo_window_on(decision.surface)
        voice = Voice(decision, by, now + window if window else None)
        if decision.verdict is not Verdict.APPROVE:
            return self._settle(voice, now, (voice,))
        voice = self._approve(voice)
        missing = self.review.policy.quorum - len(voices_counted(self.approvals.values()))
        if missing <= 0:
            return self._settle(voice, now, self.approvals.values())
        message = f"{counted(missing, 'more approval')} needed."
        return _recorded(voice, message, now)

    def _approve(self, voice: Voice) -> Voice:
        """Let an approval stand for all the person said before, also from another of their accounts."""
        before = [person for person, one in self.approvals.items() if one.is_of(voice.by.clicked_by)]
        # What was promised to be undoable for so long stays so.
        promised = [voice.undo_until, *(self.approvals.pop(person).undo_until for person in before)]
        merged = voice._replace(undo_until=max((one for one in promised if one), default=None))
        self.approvals[voice.decision.person] = merged
        return merged

    def _settle(self, voice: Voice, now: datetime, made_by: Iterable[Voice]) -> Receipt:
        """Let an outcome stand, final once none of the voices that made it can be undone."""
        outcome = _OUTCOMES[voice.decision.verdict]
        final_at = max((one.undo_until for one in made_by if one.undo_until), default=now)
        self.settlement = Settlement(outcome, voice, final_at)
        if final_at <= now:
            self.apply(Nudge.SETTLE)
        receipt = _recorded(voice, f"The {self._subject} {_IN_WORDS[outcome]}.", now)
        return receipt.model_copy(update={"outcome": outcome})

    def _undo_refusal(self, undo: Decision, now: datetime) -> Receipt | None:
        if ended := self.outcome or (self._ended(now) if self.settlement is None else None):
            return _refuse(undo, Answer.TOO_LATE, f"Too late to undo: this review is already {ended.value}.")
        mine = self._own_voices(undo)
        if not mine:
            return _refuse(undo, Answer.NOT_YOURS, f"{undo.person} has said nothing here that could be undone.")
        if not _undoable(mine, undo, now):
            return _refuse(undo, Answer.TOO_LATE, "Too late to undo: the time for it is over.")
        return None

    def _undo(self, undo: Decision, now: datetime) -> Receipt:
        voice = _undoable(self._own_voices(undo), undo, now)[-1]
        if self.approvals.get(voice.decision.person) == voice:
            del self.approvals[voice.decision.person]
        if self.settlement is not None and not self._still_settled(voice, self.settlement):
            self.settlement = None
        return Receipt(
            decision=undo.id,
            answer=Answer.RECORDED,
            message=f"Undone: {voice.decision.verdict.value}. The {self._subject} open for decision.",
            undid=voice.decision.id,
        )

    def _own_voices(self, undo: Decision) -> list[Voice]:
        """What the person, from any of their accounts, has said and not undone; oldest first."""
        people = undo.standing.own.everyone if undo.standing else frozenset[Person]()
        standing = list(self.approvals.values())
        if self.settlement is not None and self.settlement.outcome is not Outcome.APPROVED:
            standing.append(self.settlement.voice)
        return [voice for voice in standing if voice.is_of(people | {undo.person})]

    @property
    def _subject(self) -> str:
        """What is decided on, with the verb it takes: `plan is`, `findings are`."""
        return f"{self.review.gate.value} {self.review.gate.verb}"

    def _still_settled(self, undone: Voice, settlement: Settlement) -> bool:
        if settlement.outcome is Outcome.APPROVED:
            return len(voices_counted(self.approvals.values())) >= self.review.policy.quorum
        return settlement.voice != undone


def voices_counted(approvals: Iterable[Voice]) -> tuple[Voice, ...]:
    """Those approvals that count, so that no person's voice counts twice: not by two accounts, nor by a delegate.

    Who approved by their own right comes first; of those who share a person the earlier counts.
    """
    voices: list[Voice] = []
    heard: set[Person] = set()
    for voice in sorted(approvals, key=lambda one: one.by.on_behalf_of is not None):
        if heard.isdisjoint(voice.by.behind_it):
            heard |= voice.by.behind_it
            voices.append(voice)
    return tuple(voices)


def plain_reminders(review: Review) -> tuple[Reminder, ...]:
    """Reminders by the policy's rhythm, at any time of day."""
    policy = review.policy
    to = policy.circle(0).addressees()
    times = reminder_times(review.opened_at, policy.remind_every, policy.reminders, review.expires_at)
    return tuple(Reminder(at=at, to=to) for at in times)


def _undoable(voices: Iterable[Voice], undo: Decision, now: datetime) -> list[Voice]:
    # The click counts, not when a worker got to hear of it.
    moment = min(undo.made_at, now)
    return [voice for voice in voices if voice.undo_until and moment < voice.undo_until]


def _recorded(voice: Voice, message: str, now: datetime) -> Receipt:
    return Receipt(
        decision=voice.decision.id,
        answer=Answer.RECORDED,
        message=" ".join(_recorded_words(voice, message, now)),
        on_behalf_of=voice.by.on_behalf_of,
        undo_until=voice.undo_until if voice.undo_until and voice.undo_until > now else None,
    )


def _recorded_words(voice: Voice, message: str, now: datetime) -> Iterator[str]:
    on_behalf_of = voice.by.on_behalf_of
    yield "Recorded." if on_behalf_of is None else f"Recorded for {on_behalf_of}."
    yield message
    if voice.undo_until and voice.undo_until > now:
        yield f"You can undo it until {voice.undo_until:%H:%M:%S} UTC."


def _refuse(decision: Decision, answer: Answer, message: str) -> Receipt:
    return Receipt(decision=decision.id, answer=answer, message=message)


def _was_taken(receipt: Receipt) -> bool:
    return receipt.answer in (Answer.RECORDED, Answer.DUPLICATE)
