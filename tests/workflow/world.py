"""Stand-ins for every activity, so that workflow tests see exactly what the workflow asks for and in which order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from audit_agent.activities import contract as c
from audit_agent.domain.audit import AuditRequest, EffectKind
from audit_agent.domain.evidence_request import EvidenceRequest, Question, Reply
from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId, StepId
from audit_agent.domain.money import Money
from audit_agent.domain.plan import StepKind
from audit_agent.domain.policy import Gate, GatePolicy, Policy
from audit_agent.domain.program import MaterialityBasis, Program, ProgramProcedure, Risk
from audit_agent.domain.record import Digest, digest_of
from audit_agent.domain.review import Decision, Review, Verdict
from tests.workflow.post import Post
from tests.workflow.shelf import Shelf

REQUESTER = Person("user:requester")
REVIEWER = Person("user:reviewer")
CHIEF = Person("user:chief")
OWNER = Person("user:owner")


def program() -> Program:
    return Program(
        id="test",
        title="Test programme",
        version="1",
        objective="To test.",
        standards=("ISA 240",),
        risks=(Risk(id="R1", text="Anything", assertions=("occurrence",)),),
        procedures=(ProgramProcedure(id="JE-02", risk="R1"),),
        materiality=(MaterialityBasis(measure="total_debits", percent="0.5"),),
    )


def policy(**rules: Any) -> Policy:
    """The same rules at every gate."""
    gate = GatePolicy(**rules)
    return Policy(plan=gate, budget=gate, findings=gate, remediation=gate, report=gate)


def request(audit: str, rules: Policy | None = None, documents: str | None = None) -> AuditRequest:
    return AuditRequest(
        audit=AuditId(audit),
        program=program(),
        books="/books",
        requester=REQUESTER,
        policy=rules or policy(),
        requested_at=datetime(2026, 1, 5, tzinfo=UTC),
        documents=documents,
    )


STEPS = (
    c.StepRef(id=StepId("S01"), procedure="JE-02", title="Balance"),
    c.StepRef(id=StepId("S02"), procedure="JE-03", title="Gaps"),
    c.StepRef(id=StepId("S03"), procedure="JE-15", title="Benford", depends_on=(StepId("S01"),)),
)

VOUCHING = (
    *STEPS,
    c.StepRef(id=StepId("S04"), procedure="DOC-01", title="Vouch documents", kind=StepKind.DOCUMENTS),
)
"""The same steps and one that reads documents."""

ASKING = (
    STEPS[0].model_copy(
        update={"requests": (Question(owner=OWNER, question="Who signed?", expected="the contract", due_in_days=10),)}
    ),
    *STEPS[1:],
)
"""The same steps; the first one asks."""


class World:
    """What the workflow asked the world to do, in order. `fail` names activities that fail for good."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.reviews: list[Review] = []
        self.taken: list[c.TakenDecision] = []
        self.ending: c.Ending | None = None
        self.fail: set[str] = set()
        self.failures_left: dict[str, int] = {}
        self.no_holds = False
        self.amounts: dict[str, tuple[Money, ...]] = {}
        self.not_done: set[str] = set()
        self.steps: tuple[c.StepRef, ...] = STEPS
        self.requests: list[EvidenceRequest] = []
        self.replies: list[c.TakenReply] = []
        self.asked_for_money: list[c.BudgetDraft] = []
        """Each raise of the budget pays five more pages."""
        self.price_is_known = True
        self.shelf = Shelf()
        self.post = Post()

    def activities(self) -> list[Callable[..., Any]]:
        drafts: list[tuple[c.Activity[Any, Any], Callable[[Any], Any]]] = [
            (c.FREEZE_BOOKS, lambda _: c.FrozenBooks(digest=Digest("b" * 64), rows=1, rejected_rows=0, currency="EUR")),
            (c.DRAFT_PLAN, lambda task: c.DraftedPlan(**self._draft("plan", task), steps=self.steps)),
            (c.PERFORM_STEP, self._perform),
            (c.DRAFT_FINDINGS, lambda task: c.DraftedFindings(**self._draft("findings", task), risk="high")),
            (c.DRAFT_REMEDIATION, lambda task: c.Draft(**self._draft("holds", task), nothing_to_decide=self.no_holds)),
            (c.PLACE_HOLDS, lambda _: c.Done()),
            (c.DRAFT_BUDGET, self._draft_budget),
            (c.RAISE_BUDGET, self._raise_budget),
            (c.DRAFT_REPORT, lambda task: c.Draft(**self._draft("report", task))),
            (c.PUBLISH_REPORT, lambda task: c.PublishedReport(digest=task.digest)),
            (c.MARK_PHASE, lambda _: c.Done()),
            (c.END_AUDIT, self._end),
            (c.OPEN_REVIEW, self._open),
            (c.NUDGE_REVIEW, lambda _: c.Done()),
            (c.RECORD_DECISION, self._record),
            (c.CLOSE_REVIEW, lambda _: c.Done()),
            (c.OPEN_REQUEST, self._ask),
            (c.NUDGE_REQUEST, lambda _: c.Done()),
            (c.RECORD_REPLY, self._reply),
            (c.CLOSE_REQUEST, lambda _: c.Done()),
            (c.UNDO_EFFECT, lambda _: c.Done()),
            (c.REPORT_STUCK, lambda _: c.Done()),
            (c.STANDING_EFFECTS, lambda _: c.Effects(kinds=(EffectKind.BOOKS_LEASE, EffectKind.WORKPAPERS))),
        ]
        stand_ins = [self._stand_in(contract, answer) for contract, answer in drafts]
        return [*stand_ins, *self.shelf.activities(), *self.post.activities()]

    def did(self, name: str) -> list[str]:
        """Calls whose text begins with `name`."""
        return [call for call in self.calls if call.startswith(name)]

    def _stand_in(self, contract: c.Activity[Any, Any], answer: Callable[[Any], Any]) -> Callable[..., Any]:
        async def stand_in(argument: Any) -> Any:
            label = self._label(contract.name, argument)
            if self.failures_left.get(label, 0) > 0:
                self.failures_left[label] -= 1
                raise ApplicationError(f"{label} fails")
            if label in self.fail:
                raise ApplicationError(f"{label} fails", type="BadInputError", non_retryable=True)
            self.calls.append(label)
            return answer(argument)

        stand_in.__annotations__ = {"argument": contract.input, "return": contract.output}
        return activity.defn(name=contract.name)(stand_in)

    def _label(self, name: str, argument: Any) -> str:
        match argument:
            case c.Undo():
                return f"undo {argument.effect.value}"
            case c.ReviewNudge():
                return f"{argument.kind.value} {argument.number}"
            case EvidenceRequest() | c.RequestEnd() | c.RequestNudge():
                return _request_label(name, argument)
            case c.TakenReply():
                return f"{name} {argument.receipt.answer.value}"
            case c.StepTask():
                return f"{name} {argument.step} {argument.unable}".strip()
            case c.ReviewEnd():
                return f"{name} {argument.outcome.value}"
            case c.Mark():
                return f"phase {argument.phase.value}"
            case c.Redraft():
                return f"{name} {argument.version} {' '.join(argument.comments)}".strip()
        return name

    def _draft(self, kind: str, task: c.Redraft) -> dict[str, Any]:
        digest = digest_of([kind, task.version])
        return {"digest": digest, "title": f"{kind} {task.version}", "amounts": self.amounts.get(kind, ())}

    def _draft_budget(self, task: c.BudgetDraft) -> c.Draft:
        self.asked_for_money.append(task)
        return c.Draft(**self._draft("budget", task), nothing_to_decide=not self.price_is_known)

    def _raise_budget(self, _: c.Publication) -> c.Done:
        self.shelf.budget = (self.shelf.budget or 0) + 5
        return c.Done()

    def _perform(self, task: c.StepTask) -> c.StepDone:
        if task.unable:
            return c.StepDone(step=task.step, workpaper=None, not_done=task.unable)
        if task.step in self.not_done:
            return c.StepDone(step=task.step, workpaper=None, not_done="The books lack a column.")
        return c.StepDone(step=task.step, workpaper=digest_of([task.step]), exceptions=1)

    def _open(self, review: Review) -> c.Opened:
        self.reviews.append(review)
        return c.Opened()

    def _record(self, taken: c.TakenDecision) -> c.Done:
        self.taken.append(taken)
        return c.Done()

    def _ask(self, asked: EvidenceRequest) -> c.Opened:
        self.requests.append(asked)
        return c.Opened()

    def _reply(self, taken: c.TakenReply) -> c.Done:
        self.replies.append(taken)
        return c.Done()

    def _end(self, ending: c.Ending) -> c.Done:
        self.ending = ending
        return c.Done()


def _request_label(name: str, argument: EvidenceRequest | c.RequestEnd | c.RequestNudge) -> str:
    match argument:
        case EvidenceRequest():
            return f"{name} {argument.step}"
        case c.RequestEnd():
            return f"{name} {argument.outcome.value}"
        case c.RequestNudge():
            return f"request {argument.kind.value} {argument.number} {' '.join(argument.to)}"


def reply_to(request: EvidenceRequest, *, by: Person = OWNER, text: str = "Signed by both.", id_: str = "") -> Reply:
    """What `by` replies to a request."""
    return Reply(
        id=DecisionId(id_ or f"{request.id}/{by}"),
        request=request.id,
        audit=request.audit,
        person=by,
        text=text,
        surface="terminal",
        made_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


def decision(review: Review, verdict: Verdict, *, by: Person = REVIEWER, reason: str = "", id_: str = "") -> Decision:
    """What `by` says on exactly what the review shows."""
    return Decision(
        id=DecisionId(id_ or f"{review.id}/{by}/{verdict.value}"),
        review=ReviewId(review.id),
        audit=review.audit,
        gate=Gate(review.gate),
        subject=review.subject,
        person=by,
        verdict=verdict,
        reason=reason,
        surface="terminal",
        made_at=datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=1),
    )
