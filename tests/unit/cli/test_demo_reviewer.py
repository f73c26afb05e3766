from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from audit_agent.cli.demo_reviewer import DEMO_REVIEWER, ApprovingReviewer, AskingReviewer, Word
from audit_agent.domain.finding import Hold, RemediationProposal
from audit_agent.domain.ids import AuditId, Person, review_id
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import canonical_json
from audit_agent.domain.review import Review, Verdict
from audit_agent.store.evidence import FolderEvidence

ANNA = Person("user:anna")
HOLD = Hold(
    key="F-01/Invoices_Received/4711",
    finding="F-01",
    item="Invoice 4711",
    supplier="V0042",
    amount=Decimal("1234.50"),
    currency="EUR",
    reason="Paid twice",
)


class ScriptedConsole(Console):
    """A console whose reader types what a test wrote down, then closes the input."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__(file=StringIO(), width=120, markup=False, highlight=False)
        self._lines = list(lines)

    def input(self, prompt: object = "", **options: object) -> str:
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)

    @property
    def shown(self) -> str:
        assert isinstance(self.file, StringIO)
        return self.file.getvalue()


@pytest.fixture
def review(evidence: FolderEvidence) -> Review:
    return Review(
        id=review_id(AuditId("AUD-2026-0001"), Gate.REMEDIATION, 1),
        audit=AuditId("AUD-2026-0001"),
        gate=Gate.REMEDIATION,
        round=1,
        subject=evidence.put(canonical_json(RemediationProposal(version=1, holds=(HOLD,)))),
        title="1 payment hold",
        requester=ANNA,
        policy=GatePolicy(requester_may_approve=True),
        opened_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


@pytest.fixture
def ask(evidence: FolderEvidence, review: Review) -> Callable[..., tuple[Word, str]]:
    def with_answers(*lines: str) -> tuple[Word, str]:
        console = ScriptedConsole(lines)
        word = AskingReviewer(console, evidence, ANNA).word_on(review)
        return word, console.shown

    return with_answers


Ask = Callable[..., tuple[Word, str]]


def test_the_person_sees_what_is_to_be_decided(ask: Ask, review: Review) -> None:
    _, shown = ask("a")

    assert f"digest {review.subject[:8]}" in shown
    assert "Invoice 4711" in shown
    assert "1,234.50 EUR" in shown


def test_a_is_an_approval(ask: Ask) -> None:
    assert ask("a")[0] == Word(Verdict.APPROVE, "", ANNA)


def test_c_asks_what_should_change(ask: Ask) -> None:
    assert ask("c", "leave V0042 out")[0] == Word(Verdict.REQUEST_CHANGES, "leave V0042 out", ANNA)


def test_a_rejection_needs_a_reason(ask: Ask) -> None:
    assert ask("r", "", "no ground")[0] == Word(Verdict.REJECT, "no ground", ANNA)


def test_s_shows_all_of_it_and_asks_again(ask: Ask) -> None:
    word, shown = ask("s", "a")

    assert word.verdict is Verdict.APPROVE
    assert shown.count("Paid twice") == 2


def test_anything_else_is_asked_again(ask: Ask) -> None:
    assert ask("x", "", "a")[0].verdict is Verdict.APPROVE


def test_closing_the_input_leaves_like_ctrl_c(ask: Ask) -> None:
    with pytest.raises(KeyboardInterrupt):
        ask()


def test_the_demo_reviewer_approves_and_says_so(review: Review) -> None:
    console = ScriptedConsole(())

    word = ApprovingReviewer(console).word_on(review)

    assert word == Word(Verdict.APPROVE, "", DEMO_REVIEWER)
    assert f"digest {review.subject[:8]}: approved by the demo reviewer" in console.shown
