from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.domain.ids import StepId
from audit_agent.domain.record import digest_of
from audit_agent.domain.review import Outcome
from audit_agent.store.audits import Audits
from audit_agent.store.effects import Effects
from audit_agent.store.reviews import Reviews
from audit_agent.store.steps import Steps
from tests.integration.cli.conftest import Office, Say

NOW = datetime.now(UTC)


def test_a_fresh_home_has_no_audits_and_says_how_to_start_one(home: Path, say: Say) -> None:
    said = say("list")

    assert said.code == 0
    assert "no audits yet" in said.out
    assert "audit-agent start --books PATH --program general" in said.out


def test_looking_leaves_a_fresh_home_as_it_was(home: Path, say: Say) -> None:
    for command in (["list"], ["reviews"], ["status", "AUD-2026-0001"]):
        say(*command)

    assert not home.exists()


def test_a_fresh_home_lists_an_empty_array(home: Path, say: Say) -> None:
    assert say("list", "--json").data == []


@pytest.mark.parametrize("command", ["status", "watch", "cancel", "reviews", "report", "compensations", "spend"])
def test_an_unknown_audit_is_not_found_in_a_fresh_home(home: Path, say: Say, command: str) -> None:
    said = say(command, "AUD-2026-0001")

    assert said.code == 3
    assert "There is no audit AUD-2026-0001" in said.err


@pytest.mark.parametrize("command", ["status", "watch", "cancel", "reviews", "report", "compensations"])
def test_an_unknown_audit_is_not_found_and_the_nearest_is_named(office: Office, say: Say, command: str) -> None:
    audit = office.audit()

    said = say(command, "AUD-2026-0009")

    assert said.code == 3
    assert f"Did you mean {audit}" in said.err


def test_the_list_shows_where_each_audit_stands(office: Office, say: Say) -> None:
    first, second = office.audit(), office.audit()
    Audits(office.database).end(first, Phase.REJECTED, "The plan was rejected.", None, NOW)

    lines = {line.split()[0]: line for line in say("list").out.splitlines()}

    assert "rejected" in lines[first]
    assert "carrying out" in lines[second]


def test_status_shows_the_steps_and_what_they_found(office: Office, say: Say) -> None:
    audit = office.audit()
    steps = Steps(office.database)
    steps.begin(audit, StepId("S01"), 1, "JE-02", "Unbalanced journals", NOW)
    steps.finish(audit, StepId("S01"), 1, digest_of("workpaper"), 4, Decimal("0.25"), NOW)

    said = say("status", audit)

    assert "S01" in said.out
    assert "Unbalanced journals" in said.out
    assert said.out.count("done") == 2


def test_status_as_json_carries_everything(office: Office, say: Say) -> None:
    audit = office.audit()
    office.review(audit, office.plan())

    data = say("status", audit, "--json").data

    assert data["audit"]["id"] == audit
    assert data["reviews"][0]["review"]["gate"] == "plan"


def test_status_says_how_to_decide_what_waits(office: Office, say: Say) -> None:
    audit = office.audit()
    office.review(audit, office.plan())

    assert f"audit-agent reviews {audit} --full" in say("status", audit).out


def test_reviews_show_the_digest_the_deadline_and_who_may_decide(office: Office, say: Say) -> None:
    review = office.review(office.audit(), office.plan())

    said = say("reviews")

    assert f"digest {review.subject[:8]}" in said.out
    assert "Materiality 100,000.00 EUR" in said.out
    assert "ends undecided in 13 d 22 h" in said.out
    assert "Anyone may decide; the requester may not approve." in said.out


def test_reviews_that_have_ended_wait_for_nobody(office: Office, say: Say) -> None:
    review = office.review(office.audit(), office.plan())
    Reviews(office.database).close(review.id, Outcome.APPROVED, NOW)

    assert "Nothing waits for a decision." in say("reviews").out


def test_a_full_review_shows_the_plan_from_the_evidence(office: Office, say: Say) -> None:
    audit = office.audit()
    office.review(audit, office.plan())

    said = say("reviews", audit, "--full")

    assert "Test the journals." in said.out
    assert "JE-02" in said.out


def test_a_revised_plan_shows_what_changed(office: Office, say: Say) -> None:
    audit = office.audit()
    first = office.review(audit, office.plan())
    Reviews(office.database).close(first.id, Outcome.CHANGES_REQUESTED, NOW)
    office.review(audit, office.plan(version=2, parameters={"tolerance": "0.01"}), round_number=2)

    said = say("reviews", audit, "--full")

    assert "~ S01 JE-02 tolerance: default -> 0.01" in said.out


def test_a_subject_missing_from_the_evidence_is_said_so(office: Office, say: Say) -> None:
    audit = office.audit()
    office.review(audit, digest_of("gone"))

    said = say("reviews", audit, "--full")

    assert said.code == 3
    assert "is missing" in said.err


def test_watch_ends_with_the_audit_and_tells_why_there_is_no_report(office: Office, say: Say) -> None:
    audit = office.audit()
    Audits(office.database).end(audit, Phase.EXPIRED, "Nobody decided the plan in time.", None, NOW)

    said = say("watch", audit)

    assert said.code == 1
    assert "Nobody decided the plan in time." in said.err


def test_compensations_show_what_was_done_and_what_is_stuck(office: Office, say: Say) -> None:
    audit = office.audit()
    effects = Effects(office.database)
    effects.settle(audit, EffectKind.PAYMENT_HOLDS, "3 holds placed", NOW)
    effects.begin_undo(audit, EffectKind.PAYMENT_HOLDS, "rejected", NOW)
    effects.stuck(audit, EffectKind.PAYMENT_HOLDS, "the payment system is away", NOW)

    said = say("compensations", audit)

    assert "payment holds" in said.out
    assert "stuck" in said.out
    assert "the payment system is away" in said.out


def test_an_audit_without_a_published_report_has_none_to_write(office: Office, say: Say) -> None:
    said = say("report", office.audit())

    assert said.code == 3
    assert "has no published report" in said.err


@pytest.mark.parametrize("arguments", [["--retry"], []], ids=["retry", "cancel"])
def test_what_needs_temporal_says_so_when_it_is_away(office: Office, say: Say, arguments: list[str]) -> None:
    audit = office.audit()

    said = say("compensations", audit, *arguments) if arguments else say("cancel", audit)

    assert said.code == 1
    assert "audit-agent up" in said.err
