"""Who decides at the demo's gates: the person at the terminal, or nobody but the demo itself."""

from typing import NamedTuple, Protocol

from rich.console import Console

from audit_agent.cli.reviews import print_review
from audit_agent.cli.subjects import findings_table, holds_view, plan_view, print_subject
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.finding import FindingSet, RemediationProposal
from audit_agent.domain.ids import Person
from audit_agent.domain.plan import Plan
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import short
from audit_agent.domain.review import Review, Verdict

DEMO_REVIEWER = Person("user:demo-reviewer")


class Word(NamedTuple):
    """What somebody says at a gate."""

    verdict: Verdict
    reason: str
    person: Person


class Reviewer(Protocol):
    """Decides at the gates."""

    def word_on(self, review: Review) -> Word:
        """The decision on what a review shows."""
        ...


class ApprovingReviewer:
    """Approves everything, and says so."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def word_on(self, review: Review) -> Word:
        """Approve."""
        shown = f"{review.gate.value}, round {review.round}, digest {short(review.subject)}"
        self._out.print(f"Gate {shown}: approved by the demo reviewer, who approves everything.", style="yellow")
        return Word(Verdict.APPROVE, "", DEMO_REVIEWER)


class AskingReviewer:
    """Shows what is to be decided and asks the person at the terminal."""

    def __init__(self, out: Console, evidence: Evidence, person: Person) -> None:
        self._out = out
        self._evidence = evidence
        self._person = person

    def word_on(self, review: Review) -> Word:
        """Ask until there is an answer."""
        self._out.print()
        print_review(self._out, review)
        self._show_at_a_glance(review)
        while True:
            answer = self._ask("[a]pprove, request [c]hanges, [r]eject, or [s]how all of it? ").lower()
            match answer[:1]:
                case "a":
                    return Word(Verdict.APPROVE, "", self._person)
                case "c":
                    return Word(Verdict.REQUEST_CHANGES, self._reason("What should change? "), self._person)
                case "r":
                    return Word(Verdict.REJECT, self._reason("Why is it rejected? "), self._person)
                case "s":
                    print_subject(self._out, self._evidence, review.gate, review.subject)

    def _show_at_a_glance(self, review: Review) -> None:
        content = self._evidence.read(review.subject)
        match review.gate:
            case Gate.PLAN:
                self._out.print(plan_view(Plan.model_validate_json(content)))
            case Gate.FINDINGS:
                self._out.print(findings_table(FindingSet.model_validate_json(content)))
            case Gate.REMEDIATION:
                self._out.print(holds_view(RemediationProposal.model_validate_json(content)))
            case Gate.BUDGET | Gate.REPORT:
                return

    def _reason(self, question: str) -> str:
        while not (reason := self._ask(question)):
            self._out.print("Others need a reason to act on.")
        return reason

    def _ask(self, question: str) -> str:
        try:
            return self._out.input(question, markup=False).strip()
        except EOFError as end:
            # Whoever closes the input wants to leave, as with Ctrl-C.
            raise KeyboardInterrupt from end
