"""Audits, steps and drafts: every method may come again, and late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.record import Digest
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.drafts import Drafts
from audit_agent.store.errors import AuditExistsError, AuditNotFoundError
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.store.steps import FinishedStep, Steps
from audit_agent.store.words import DraftKind, StepState

S1 = StepId("S01")
Digests = Callable[[str], Digest]


def _status(database: Database, audit: AuditId) -> AuditStatus:
    return audit_status(database, audit)


def test_audit_ids_of_a_year_are_numbered_from_one(database: Database) -> None:
    audits = Audits(database)

    ids = [audits.new_audit_id(2026), audits.new_audit_id(2026), audits.new_audit_id(2027)]

    assert ids == ["AUD-2026-0001", "AUD-2026-0002", "AUD-2027-0001"]


def test_a_request_comes_back_as_it_was_made(
    database: Database, audit: AuditId, request_for: Callable[[str], AuditRequest]
) -> None:
    assert Audits(database).request(audit) == request_for(audit)


def test_a_request_made_twice_is_one_audit(
    database: Database, audit: AuditId, request_for: Callable[[str], AuditRequest], at: datetime
) -> None:
    Audits(database).create(request_for(audit), at + timedelta(hours=1))

    assert _status(database, audit).log_count == 1


def test_another_request_under_the_same_id_is_refused(
    database: Database, audit: AuditId, request_for: Callable[[str], AuditRequest], at: datetime
) -> None:
    other = request_for(audit).model_copy(update={"books": "/books/2024"})

    with pytest.raises(AuditExistsError, match="AUD-2026-0001 is another audit"):
        Audits(database).create(other, at)


def test_a_phase_marked_by_a_worker_that_was_presumed_dead_does_not_turn_the_audit_back(
    database: Database, audit: AuditId, at: datetime
) -> None:
    audits = Audits(database)
    audits.mark(audit, "1", Phase.PLANNING, "version 1", at)
    audits.mark(audit, "2", Phase.FIELDWORK, "", at)

    audits.mark(audit, "1", Phase.PLANNING, "version 1", at + timedelta(minutes=9))

    assert _status(database, audit).audit.phase is Phase.FIELDWORK


def test_an_ended_audit_shows_why_and_waits_for_nobody(database: Database, audit: AuditId, at: datetime) -> None:
    Audits(database).end(audit, Phase.CANCELLED, "no longer needed", None, at)

    summary = _status(database, audit).audit
    assert (summary.phase, summary.reason, summary.ended_at) == (Phase.CANCELLED, "no longer needed", at)


def test_the_books_of_an_audit_are_shown(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    Audits(database).set_books(audit, some_digest("books"), rows=3_000_000_000, rejected_rows=2, currency="EUR", at=at)

    status = _status(database, audit)
    assert (status.books, status.books_rows, status.currency) == (some_digest("books"), 3_000_000_000, "EUR")


def test_the_findings_of_a_version_are_counted(database: Database, audit: AuditId, at: datetime) -> None:
    Audits(database).set_findings(audit, 1, 3, Severity.HIGH, at)

    summary = _status(database, audit).audit
    assert (summary.findings, summary.risk) == (3, Severity.HIGH)


def test_the_run_that_carries_an_audit_is_shown(database: Database, audit: AuditId, at: datetime) -> None:
    Audits(database).set_run(audit, "run-1", at)

    assert _status(database, audit).workflow_run == "run-1"


def test_every_method_refuses_an_unknown_audit(database: Database, at: datetime) -> None:
    with pytest.raises(AuditNotFoundError, match="There is no audit AUD-2026-0404"):
        Audits(database).mark(AuditId("AUD-2026-0404"), "1", Phase.PLANNING, "", at)


def test_planned_steps_are_pending_in_the_plans_order(
    database: Database, audit: AuditId, at: datetime, plan_steps: Callable[..., list[PlanStep]], some_digest: Digests
) -> None:
    Steps(database).plan_steps(audit, some_digest("plan"), plan_steps("S02", "S01"), 1, at)

    steps = _status(database, audit).steps
    assert [(step.step, step.state) for step in steps] == [("S02", StepState.PENDING), ("S01", StepState.PENDING)]


def test_a_revised_plan_drops_steps_that_were_not_begun(
    database: Database, audit: AuditId, at: datetime, plan_steps: Callable[..., list[PlanStep]], some_digest: Digests
) -> None:
    steps = Steps(database)
    steps.plan_steps(audit, some_digest("plan 1"), plan_steps("S01", "S02"), 1, at)

    steps.plan_steps(audit, some_digest("plan 2"), plan_steps("S01", "S03"), 1, at)

    assert [step.step for step in _status(database, audit).steps] == ["S01", "S03"]


def test_a_finished_step_is_not_begun_again(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    steps = Steps(database)
    assert steps.begin(audit, S1, 1, "JE-02", "Balance", at) is None
    steps.finish(audit, S1, 1, some_digest("paper"), 4, Decimal("1.250"), at)

    assert steps.begin(audit, S1, 1, "JE-02", "Balance", at) == FinishedStep(
        workpaper=some_digest("paper"), exceptions=4
    )


def test_the_first_result_of_a_step_stands(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    steps = Steps(database)
    steps.begin(audit, S1, 1, "JE-02", "Balance", at)
    steps.finish(audit, S1, 1, some_digest("first"), 4, Decimal(1), at)

    second = steps.finish(audit, S1, 1, some_digest("second"), 5, Decimal(2), at)

    assert (second.workpaper, second.exceptions) == (some_digest("first"), 4)


def test_a_step_that_broke_off_is_begun_again_and_its_attempts_are_counted(
    database: Database, audit: AuditId, at: datetime
) -> None:
    steps = Steps(database)
    steps.begin(audit, S1, 1, "JE-02", "Balance", at)
    steps.fail(audit, S1, 1, "out of memory", at)

    assert steps.begin(audit, S1, 1, "JE-02", "Balance", at) is None

    step = _status(database, audit).steps[0]
    assert (step.state, step.attempts, step.reason) == (StepState.RUNNING, 2, "")


def test_a_finished_step_does_not_fail_any_more(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    steps = Steps(database)
    steps.begin(audit, S1, 1, "JE-02", "Balance", at)
    steps.finish(audit, S1, 1, some_digest("paper"), 0, Decimal(1), at)

    steps.fail(audit, S1, 1, "late", at)

    assert _status(database, audit).steps[0].state is StepState.DONE


def test_a_new_revision_of_a_step_is_work_of_its_own(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    steps = Steps(database)
    steps.begin(audit, S1, 1, "JE-02", "Balance", at)
    steps.finish(audit, S1, 1, some_digest("paper"), 4, Decimal(1), at)

    assert steps.begin(audit, S1, 2, "JE-02", "Balance", at) is None

    status = _status(database, audit)
    assert [(step.revision, step.state) for step in status.steps] == [(2, StepState.RUNNING)]


def test_the_audit_counts_its_steps_and_exceptions(
    database: Database, audit: AuditId, at: datetime, plan_steps: Callable[..., list[PlanStep]], some_digest: Digests
) -> None:
    steps = Steps(database)
    steps.plan_steps(audit, some_digest("plan"), plan_steps("S01", "S02", "S03"), 1, at)
    steps.finish(audit, S1, 1, some_digest("paper"), 4, Decimal(1), at)
    steps.not_done(audit, StepId("S02"), 1, "The books lack purchase orders.", at)

    summary = _status(database, audit).audit
    counts = (summary.steps_total, summary.steps_done, summary.steps_not_done, summary.exceptions)
    assert counts == (3, 1, 1, 4)


def test_seconds_come_back_digit_for_digit(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    Steps(database).finish(audit, S1, 1, some_digest("paper"), 0, Decimal("0.1000"), at)

    assert str(_status(database, audit).steps[0].seconds) == "0.1000"


def test_a_draft_that_was_not_made_is_not_found(database: Database, audit: AuditId) -> None:
    assert Drafts(database).find(audit, DraftKind.PLAN, 1) is None


def test_the_first_draft_of_a_version_stands(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    drafts = Drafts(database)
    drafts.save(audit, DraftKind.PLAN, 1, some_digest("first"), at)

    saved = drafts.save(audit, DraftKind.PLAN, 1, some_digest("second"), at)

    assert saved == drafts.find(audit, DraftKind.PLAN, 1) == some_digest("first")
