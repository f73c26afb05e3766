"""The desk where decisions arrive: it takes each one once, answers it, and has it written down in order."""

from collections import deque

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from audit_agent.activities.contract import RECORD_DECISION, TakenDecision
from audit_agent.domain.ids import DecisionId
from audit_agent.domain.review import Answer, Decision, Receipt, Review
from audit_agent.domain.review_state import ReviewState
from audit_agent.workflows.call import call

REFUSED = "DecisionRefused"
"""Type of the error an Update is rejected with; its detail is the Receipt."""


class DecisionDesk:
    """Takes decisions for whichever review is open. An Update and a Signal with one decision id are one decision."""

    def __init__(self) -> None:
        self._open: ReviewState | None = None
        self._answered: dict[DecisionId, Receipt] = {}
        self._unwritten: deque[TakenDecision] = deque()

    def open(self, review: Review) -> ReviewState:
        """From here on decisions go to this review."""
        self._open = ReviewState(review)
        return self._open

    def close(self) -> None:
        """The audit stops: whatever review is open takes no more decisions."""
        if self._open is not None:
            self._open.withdraw()

    def check(self, decision: Decision) -> None:
        """Refuse an Update before it enters history; the error carries the receipt."""
        receipt = self._refusal(decision)
        if receipt is not None:
            raise ApplicationError(receipt.message, receipt, type=REFUSED, non_retryable=True)

    def take(self, decision: Decision) -> Receipt:
        """Take a decision, or refuse it; either way it will be written down once."""
        if decision.id in self._answered:
            return self._repeat(decision)
        receipt = self._refusal(decision)
        if receipt is None and self._open is not None:
            receipt = self._open.record(decision, workflow.now())
        assert receipt is not None, "a decision without an open review is refused"
        self._answered[decision.id] = receipt
        self._unwritten.append(TakenDecision(decision=decision, receipt=receipt))
        return receipt

    async def write_down(self) -> None:
        """Write decisions to the store in the order they were taken, for as long as the audit runs."""
        while True:
            await workflow.wait_condition(lambda: bool(self._unwritten))
            taken = self._unwritten[0]
            await call(RECORD_DECISION, taken, summary=f"{taken.decision.verdict.value}: {taken.receipt.answer.value}")
            self._unwritten.popleft()

    async def until_written(self) -> None:
        """Return when everything taken so far is in the store."""
        await workflow.wait_condition(lambda: not self._unwritten)

    def _repeat(self, decision: Decision) -> Receipt:
        receipt = self._answered[decision.id]
        if receipt.answer is Answer.RECORDED:
            return receipt.model_copy(update={"answer": Answer.DUPLICATE})
        return receipt

    def _refusal(self, decision: Decision) -> Receipt | None:
        if decision.id in self._answered:
            return None
        if self._open is None:
            return _nothing_open(decision)
        if decision.review != self._open.review.id and self._open.outcome is not None:
            return _nothing_open(decision)
        return self._open.refusal(decision, workflow.now())


def _nothing_open(decision: Decision) -> Receipt:
    message = f"Too late: no review of the {decision.gate.value} is open."
    return Receipt(decision=decision.id, answer=Answer.TOO_LATE, message=message)
