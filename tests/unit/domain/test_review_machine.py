"""Any sequence of clicks, undos, timers, redeliveries and restarts leaves one outcome, made by those entitled to it.

The machine knows people, not accounts: what it holds the review to is computed from who really clicked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.policy import Escalation, Gate, GatePolicy
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Decision, Nudge, Outcome, Receipt, Review, Verdict
from audit_agent.domain.review_state import ReviewState
from tests.unit.domain.review_people import (
    ACCOUNTS,
    ELIGIBLE,
    ELIGIBLE_LATER,
    ENDS,
    MINUTE,
    OPENED,
    PREPARER,
    REQUESTER,
    STANDS_IN,
    STARTS,
    TOGETHER,
    WHO,
    standing,
)

SURFACES = ("slack", "terminal", "web")


@dataclass
class Said:
    """What one click came to."""

    decision: Decision
    receipt: Receipt
    undone: bool = False

    @property
    def stands(self) -> bool:
        taken = self.receipt.answer is Answer.RECORDED and self.decision.verdict is not Verdict.UNDO
        return taken and not self.undone

    @property
    def voice(self) -> frozenset[str]:
        """The people whose voice it is."""
        behalf = self.receipt.on_behalf_of
        return frozenset({WHO[self.decision.person]} | ({WHO[behalf]} if behalf else set()))


class ReviewMachine(RuleBasedStateMachine):
    """One review, the people around it, and a clock."""

    @initialize(
        quorum=st.integers(1, 2),
        window=st.sampled_from([None, timedelta(0), 3 * MINUTE]),
        own=st.booleans(),
        prepared=st.booleans(),
    )
    def open(self, quorum: int, window: timedelta | None, own: bool, prepared: bool) -> None:
        self.review = Review(
            id=ReviewId("AUD-2026-0001/plan/1"),
            audit=AuditId("AUD-2026-0001"),
            gate=Gate.PLAN,
            round=1,
            subject=Digest("a" * 64),
            title="Plan",
            requester=REQUESTER,
            preparers=(PREPARER,),
            policy=GatePolicy(
                eligible=(Person("user:alice"), Person("slack:T1/BOB"), REQUESTER),
                roles=("controller",),
                quorum=quorum,
                requester_may_approve=own,
                preparer_may_approve=prepared,
                undo_window=window,
                remind_every=10 * MINUTE,
                escalation=(Escalation(after=20 * MINUTE, people=(Person("slack:T1/CHIEF"),)),),
                expire_after=60 * MINUTE,
            ),
            opened_at=OPENED,
        )
        self.state = ReviewState(self.review)
        self.now = OPENED
        self.history: list[tuple[datetime, str | Nudge | None]] = []
        """Decisions, timers, and None for the end of the audit."""
        self.said: list[Said] = []
        self.effect_at: datetime | None = None
        self.effect: Outcome | None = None

    @rule(
        account=st.sampled_from(sorted(WHO)),
        verdict=st.sampled_from([Verdict.APPROVE] * 4 + [Verdict.REJECT, Verdict.REQUEST_CHANGES]),
        surface=st.sampled_from(SURFACES),
    )
    def decides(self, account: Person, verdict: Verdict, surface: str) -> None:
        human = WHO[account]
        represented = self.represented_by(human) & self.circle()
        entitled = human != "guest" and (human in self.circle() or bool(represented))
        closed = self.state.outcome or self.state.settlement or self.now >= self.review.expires_at
        said = self.click(account, verdict, surface, self.now)
        if said.receipt.answer is not Answer.RECORDED:
            assert closed or verdict is Verdict.APPROVE or not entitled
            return
        assert entitled
        assert not closed
        assert said.voice - {human} == set() if human in self.circle() else said.voice - {human} <= represented
        assert said.voice != {human} or human in self.circle()
        if verdict is Verdict.APPROVE:
            assert said.voice.isdisjoint(self.barred())

    @rule(
        account=st.sampled_from(sorted(WHO)),
        verdict=st.sampled_from([Verdict.APPROVE, Verdict.REJECT, Verdict.REQUEST_CHANGES]),
        surface=st.sampled_from(SURFACES),
    )
    def decides_on_what_was_shown_before(self, account: Person, verdict: Verdict, surface: str) -> None:
        """A message of an earlier version is still open somewhere."""
        said = self.click(account, verdict, surface, self.now, Digest("b" * 64))
        assert said.receipt.answer in (Answer.STALE, Answer.TOO_LATE)

    @precondition(lambda self: self.state.settlement is not None or len(self.said) > 3)
    @rule()
    def the_audit_is_cancelled(self) -> None:
        """Perhaps inside the undo window: then what was decided never comes to be."""
        before = self.state.outcome
        self.state.withdraw()
        self.history.append((self.now, None))
        self.watch()
        assert self.state.outcome is (before or Outcome.WITHDRAWN)
        assert self.state.settlement is None

    @rule(
        accounts=st.lists(st.sampled_from(sorted(WHO)), min_size=2, max_size=4) | st.sampled_from(TOGETHER),
        surface=st.sampled_from(SURFACES),
    )
    def several_approve(self, accounts: list[Person], surface: str) -> None:
        """At the same moment, as when a reminder reaches everybody."""
        for account in accounts:
            self.decides(account, Verdict.APPROVE, surface)

    @precondition(lambda self: any(one.stands for one in self.said))
    @rule(
        data=st.data(),
        surface=st.sampled_from(SURFACES),
        on_its_way=st.sampled_from([timedelta(0), timedelta(seconds=20), 2 * MINUTE]),
    )
    def somebody_regrets(self, data: st.DataObject, surface: str, on_its_way: timedelta) -> None:
        """Whoever said something takes it back, perhaps from another account."""
        said = data.draw(st.sampled_from([one for one in self.said if one.stands]))
        account = data.draw(st.sampled_from(ACCOUNTS[WHO[said.decision.person]]))
        self.undoes(Person(account), surface, on_its_way)

    @rule(
        account=st.sampled_from(sorted(WHO)),
        surface=st.sampled_from(SURFACES),
        on_its_way=st.sampled_from([timedelta(0), timedelta(seconds=20), 2 * MINUTE]),
    )
    def undoes(self, account: Person, surface: str, on_its_way: timedelta) -> None:
        clicked = max(OPENED, self.now - on_its_way)
        mine = [one for one in self.said if one.stands and WHO[one.decision.person] == WHO[account]]
        final = self.state.outcome is not None or (self.state.settlement is None and self.now >= self.review.expires_at)
        in_time = [one for one in mine if one.receipt.undo_until and clicked < one.receipt.undo_until]
        said = self.click(account, Verdict.UNDO, surface, clicked)
        if said.receipt.answer is not Answer.RECORDED:
            assert final or not in_time or not self.is_latest(in_time[-1])
            return
        assert not final
        assert in_time
        undone = next(one for one in mine if one.decision.id == said.receipt.undid)
        for one in self.said:
            # Whoever said the same thing twice takes all of it back.
            same = one.decision.verdict is undone.decision.verdict and one in mine
            one.undone = one.undone or same or one is undone
        if undone.receipt.outcome is not None and undone.decision.verdict is not Verdict.APPROVE:
            assert self.state.settlement is None

    @precondition(lambda self: self.said)
    @rule(data=st.data(), surface=st.sampled_from(["update", "signal"]))
    def comes_again(self, data: st.DataObject, surface: str) -> None:
        said = data.draw(st.sampled_from(self.said))
        again = self.state.record(said.decision, self.now)
        first = said.receipt
        expected = Answer.DUPLICATE if first.answer is Answer.RECORDED else first.answer
        assert again == first.model_copy(update={"answer": expected})

    @rule(time=st.sampled_from([timedelta(seconds=10), timedelta(seconds=45), 2 * MINUTE, 25 * MINUTE, 61 * MINUTE]))
    def waits(self, time: timedelta) -> None:
        """Time passes and no worker runs: timers that are due fire later."""
        self.now += time

    @rule()
    def timers_fire(self) -> None:
        while self.state.outcome is None and (nudge := self.state.next_nudge()).at <= self.now:
            self.state.apply(nudge.kind)
            self.history.append((self.now, nudge.kind))
            self.watch()

    @rule()
    def restarts(self) -> None:
        """Everything is rebuilt from what was written down, as a replayed workflow is."""
        again = ReviewState(Review.model_validate_json(self.review.model_dump_json()))
        for at, what in self.history:
            if what is None:
                again.withdraw()
            elif isinstance(what, Nudge):
                again.apply(what)
            else:
                again.record(Decision.model_validate_json(what), at)
        assert again == self.state
        self.state = again

    @invariant()
    def one_outcome(self) -> None:
        if self.effect is not None:
            assert self.state.outcome is self.effect

    @invariant()
    def who_settled_really_clicked(self) -> None:
        settled = self.state.settled_by
        if settled is not None:
            clicks = {one.decision.id: one for one in self.said}
            assert clicks[settled.id].decision == settled
            assert clicks[settled.id].receipt.outcome is self.state.outcome
            assert clicks[settled.id].stands

    @invariant()
    def approval_means_a_quorum_of_different_people(self) -> None:
        settlement = self.state.settlement
        if Outcome.APPROVED not in (self.state.outcome, settlement and settlement.outcome):
            return
        approvals = [one for one in self.said if one.stands and one.decision.verdict is Verdict.APPROVE]
        quorum = self.review.policy.quorum
        assert any(
            all(one.voice.isdisjoint(other.voice) for one, other in combinations(some, 2))
            for some in combinations(approvals, quorum)
        )
        assert all(one.voice.isdisjoint(self.barred()) for one in approvals)

    def teardown(self) -> None:
        if not hasattr(self, "review"):
            return
        self.now = max(self.now, self.review.expires_at) + timedelta(days=1)
        self.timers_fire()
        assert self.state.outcome is not None
        self.one_outcome()
        self.who_settled_really_clicked()

    def click(
        self, account: Person, verdict: Verdict, surface: str, clicked: datetime, shown: Digest | None = None
    ) -> Said:
        decision = Decision(
            id=DecisionId(f"d{len(self.said)}"),
            review=self.review.id,
            audit=self.review.audit,
            gate=self.review.gate,
            subject=shown or self.review.subject,
            person=account,
            verdict=verdict,
            reason="because",
            surface=surface,
            made_at=clicked,
            standing=standing(account, clicked),
        )
        expected = self.state.refusal(decision, self.now)
        receipt = self.state.record(decision, self.now)
        assert expected is None or expected == receipt
        self.history.append((self.now, decision.model_dump_json()))
        self.said.append(Said(decision, receipt))
        self.watch()
        return self.said[-1]

    def watch(self) -> None:
        """Effects start the moment an outcome is final; then nothing that made it may be open to undoing."""
        if self.state.outcome is None or self.effect is not None:
            return
        self.effect, self.effect_at = self.state.outcome, self.now
        made_it = [one for one in self.said if one.stands and one.decision.verdict is Verdict.APPROVE]
        if self.effect is not Outcome.APPROVED:
            made_it = [one for one in self.said if one.decision == self.state.settled_by]
        for one in made_it:
            assert one.receipt.undo_until is None or one.receipt.undo_until <= self.now

    def barred(self) -> set[str]:
        """Whose voice approves nothing: whoever asked for the audit, or prepared what is shown."""
        policy = self.review.policy
        barred = set() if policy.requester_may_approve else {"rita"}
        return barred | (set() if policy.preparer_may_approve else {"alice"})

    def circle(self) -> set[str]:
        """Who may decide by their own right."""
        return ELIGIBLE | (ELIGIBLE_LATER if self.state.level else set())

    def represented_by(self, human: str) -> set[str]:
        """For whom somebody stands in now."""
        in_force = STARTS <= self.now < ENDS
        return {delegator for delegator, delegate in STANDS_IN if delegate == human and in_force}

    def is_latest(self, said: Said) -> bool:
        """Whether it is the last thing that person said and not undone, or their rejection did not end it."""
        return self.state.settlement is None or self.state.settlement.voice.decision == said.decision


ReviewMachine.TestCase.settings = settings(
    max_examples=300, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyReview = ReviewMachine.TestCase
