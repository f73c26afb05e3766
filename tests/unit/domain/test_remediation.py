"""Which payments are proposed to be held."""

from datetime import date
from decimal import Decimal

from audit_agent.domain.finding import Finding, Severity
from audit_agent.domain.ids import StepId
from audit_agent.domain.remediation import SuspectInvoice, propose, revise


def finding(procedure: str) -> Finding:
    return Finding(
        ref="F-01",
        step=StepId("S01"),
        procedure=procedure,
        title="Duplicates",
        severity=Severity.HIGH,
        condition="-",
        criteria="-",
        cause="-",
        consequence="-",
        corrective_action="-",
        exception_count=1,
        exceptions=("S01-E00001",),
    )


def suspect(
    invoice: str, amount: str = "100.00", exception: str = "S01-E00001", day: date = date(2025, 3, 1)
) -> SuspectInvoice:
    return SuspectInvoice(exception, invoice, "V1", day, Decimal(amount), "EUR", "looks like another")


def test_of_duplicates_the_earliest_is_left_to_be_paid() -> None:
    duplicates = [suspect("B", day=date(2025, 3, 9)), suspect("C", day=date(2025, 3, 8)), suspect("A")]

    proposal = propose(1, [(finding("P2P-01"), duplicates)])

    assert [hold.item for hold in proposal.holds] == ["B", "C"]


def test_every_mismatched_invoice_is_held() -> None:
    proposal = propose(1, [(finding("P2P-04"), [suspect("A"), suspect("B", exception="S01-E00002")])])

    assert [hold.item for hold in proposal.holds] == ["A", "B"]


def test_a_credit_note_is_never_held() -> None:
    proposal = propose(1, [(finding("P2P-04"), [suspect("A", "-100.00")])])

    assert proposal.holds == ()


def test_an_invoice_behind_two_findings_is_held_once() -> None:
    mismatched = (finding("P2P-04"), [suspect("A")])

    assert len(propose(1, [mismatched, mismatched]).holds) == 1


def test_journal_findings_hold_no_payment() -> None:
    assert propose(1, [(finding("JE-02"), [suspect("A")])]).holds == ()


def test_reviewers_remove_holds_by_naming_the_invoice() -> None:
    proposal = propose(1, [(finding("P2P-04"), [suspect("A-1"), suspect("B-2")])])

    revised = revise(proposal, ["please remove A-1, it is settled"])

    assert [hold.item for hold in revised.holds] == ["B-2"]
    assert revised.version == 2
    assert "removed A-1" in revised.answers[0]


def test_a_comment_nobody_understands_is_answered_with_the_words_that_work() -> None:
    proposal = propose(1, [(finding("P2P-04"), [suspect("A")])])

    revised = revise(proposal, ["hmm"])

    assert revised.holds == proposal.holds
    assert "remove INVOICE" in revised.answers[0]
