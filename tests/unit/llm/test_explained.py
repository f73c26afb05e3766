"""Findings over investigations: what is explained is named and not counted; people overrule; severity is by code."""

import asyncio
from decimal import Decimal

import pytest

from audit_agent.domain.finding import FindingSet, Severity
from audit_agent.domain.ids import StepId
from audit_agent.domain.investigation import Conclusion, Judgement, Lead, Statement, follow_up, follow_ups
from audit_agent.domain.investigation_paper import Inquiry, settled
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.finding_sets import INVESTIGATION
from audit_agent.llm.offline.analyst import OfflineAnalyst
from tests.peers.audit_samples import DIGEST, SmallCatalogue, concluding, workpaper

ANALYST = OfflineAnalyst(SmallCatalogue())


def two_exceptions() -> Workpaper:
    """60,000.00 EUR, of which the first exception is 45,000.00."""
    paper = workpaper("S01", "JE-02", 2, "60000.00")
    first = paper.top[0].model_copy(update={"amount": Decimal("45000.00")})
    second = first.model_copy(update={"ref": "S01-E00002", "amount": Decimal("15000.00")})
    return paper.model_copy(update={"top": (first, second)})


def inquiry(judgement: Judgement, *explained: str, lead: str = "S01-I01") -> Inquiry:
    return Inquiry(
        lead=lead,
        title="User A",
        exceptions=("S01-E00001", "S01-E00002"),
        conclusion=Conclusion(
            judgement=judgement,
            statements=(Statement(text="It was reversed.", citations=("S01-E00001",)),),
            explained=explained,
            by="offline-rules/1",
        ),
        turns=2,
        calls=1,
        paper=DIGEST,
    )


def drafted(*inquiries: Inquiry, previous: FindingSet | None = None, comments: tuple[str, ...] = ()) -> FindingSet:
    context = concluding(two_exceptions()).model_copy(update={"investigations": inquiries})
    version = previous.version + 1 if previous else 1
    return asyncio.run(ANALYST.draft_findings(context, version, previous, comments))


def test_an_explained_exception_is_named_and_counts_neither_in_number_nor_amount() -> None:
    [finding] = drafted(inquiry(Judgement.CONFIRMED, "S01-E00001")).findings

    assert (finding.exception_count, finding.amount, finding.exceptions) == (1, Decimal("15000.00"), ("S01-E00002",))
    assert "Explained and not counted: 1 exception. S01-E00001 (S01-I01: It was reversed.)" in finding.condition
    assert finding.investigations[0].lead == "S01-I01"


def test_severity_follows_what_is_left() -> None:
    [before], [after] = drafted().findings, drafted(inquiry(Judgement.CONFIRMED, "S01-E00001")).findings

    assert (before.severity, after.severity) == (Severity.HIGH, Severity.MEDIUM)


def test_severity_is_set_anew_when_a_later_investigation_changes_the_amount() -> None:
    first = drafted()

    [finding] = drafted(inquiry(Judgement.CONFIRMED, "S01-E00001"), previous=first).findings

    assert finding.severity is Severity.MEDIUM


def test_a_finding_whose_every_exception_is_explained_is_set_aside() -> None:
    found = drafted(inquiry(Judgement.EXPLAINED, "S01-E00001", "S01-E00002"))

    assert found.findings == ()
    [aside] = found.dismissed
    assert (aside.subject, aside.by) == ("F-01", INVESTIGATION)
    assert "It was reversed." in aside.reason


def test_a_person_overrules_an_explanation_and_it_stays_overruled() -> None:
    explained = inquiry(Judgement.EXPLAINED, "S01-E00001", "S01-E00002")
    second = drafted(explained, previous=drafted(explained), comments=("restore F-01",))

    third = drafted(explained, previous=second, comments=("F-01 severity low",))

    assert [(finding.ref, finding.exception_count) for finding in third.findings] == [("F-01", 2)]
    assert third.findings[0].amount == Decimal("60000.00")


def test_what_is_confirmed_or_open_counts_as_before() -> None:
    for judgement in (Judgement.CONFIRMED, Judgement.UNDETERMINED):
        [finding] = drafted(inquiry(judgement)).findings
        assert (finding.exception_count, finding.amount) == (2, Decimal("60000.00"))


def test_a_finding_without_investigations_has_the_bytes_it_always_had() -> None:
    [finding] = drafted().findings

    assert "investigations" not in finding.model_dump()
    assert "upheld" not in drafted().model_dump()


def test_the_reviewer_is_told_what_came_of_the_question() -> None:
    found = drafted(inquiry(Judgement.CONFIRMED), previous=drafted(), comments=("investigate F-01: who approved it?",))

    assert found.answers == ("investigate F-01: who approved it?: S01-I01 User A: confirmed. It was reversed.",)


@pytest.mark.parametrize(
    ("words", "target", "question"),
    [
        ("investigate F-02: who approved it?", "F-02", "who approved it?"),
        ("please investigate s03", "S03", ""),
        ("Investigate P2P-01 was one credited; or both?", "P2P-01", "was one credited; or both?"),
    ],
)
def test_what_reviewers_write_to_have_something_looked_into(words: str, target: str, question: str) -> None:
    found = follow_up(words)

    assert found is not None
    assert (found.target, found.question) == (target, question)


def test_other_words_ask_for_nothing() -> None:
    assert follow_ups(("please investigate more", "dismiss F-01: no", "F-01 severity low")) == ()


def test_questions_stand_between_other_comments() -> None:
    asked = follow_ups(("dismiss F-01: no; investigate F-02: why?\ninvestigate F-03: a; b?",))

    assert [(one.target, one.question) for one in asked] == [("F-02", "why?"), ("F-03", "a; b?")]


def test_what_is_said_to_be_explained_is_of_the_lead_or_left_out() -> None:
    lead = Lead(id="S01-I01", step=StepId("S01"), procedure="JE-02", title="A", exceptions=("S01-E00001", "S01-E00002"))
    said = inquiry(Judgement.CONFIRMED, "S01-E00002", "S99-E00001").conclusion

    assert settled(lead, said).explained == ("S01-E00002",)
    both = said.model_copy(update={"explained": lead.exceptions})
    assert settled(lead, both).judgement is Judgement.EXPLAINED
