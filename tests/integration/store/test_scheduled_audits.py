"""One audit for each scheduled time, on both databases."""

from datetime import UTC, datetime, timedelta

from audit_agent.domain.audit import AuditRequest, Phase, ScheduledBy
from audit_agent.domain.ids import AuditId, Person
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.reading import audit_status
from audit_agent.store.scheduled import Requested, ScheduledAudits
from tests.workflow.world import program

AT = datetime(2026, 11, 3, 6, tzinfo=UTC)


def due(run: str, at: datetime = AT) -> ScheduledBy:
    return ScheduledBy(name="close", at=at, run=run)


def record(database: Database, by: ScheduledBy) -> Requested:
    def ask(audit: AuditId) -> AuditRequest:
        return AuditRequest(
            audit=audit,
            program=program(),
            books="/books",
            requester=Person("schedule:close"),
            requested_at=AT,
            schedule=by,
        )

    return ScheduledAudits(database).record(by, ask, AT)


def test_a_run_that_is_tried_again_has_the_same_audit(database: Database) -> None:
    first, again = record(database, due("run-1")), record(database, due("run-1"))

    assert first == again
    assert not again.by_another_run


def test_another_run_of_the_same_time_has_the_audit_of_the_first(database: Database) -> None:
    first, other = record(database, due("run-1")), record(database, due("run-2"))

    assert other == (first.request, True)


def test_a_time_whose_audit_failed_has_another_audit_and_one_that_finished_has_not(database: Database) -> None:
    failed = record(database, due("run-1")).request.audit
    Audits(database).end(failed, Phase.FAILED, "The books were away.", None, AT)
    second = record(database, due("run-2")).request.audit
    Audits(database).end(second, Phase.FINISHED, "", None, AT)

    assert second != failed
    assert record(database, due("run-3")) == (Audits(database).request(second), True)


def test_a_schedule_knows_its_audits_and_they_know_their_schedule(database: Database) -> None:
    for month in range(3):
        record(database, due(f"run-{month}", AT + month * timedelta(days=30)))

    made = ScheduledAudits(database).made_by("close", limit=2)

    assert [audit.scheduled_at for audit in made] == [AT + timedelta(days=60), AT + timedelta(days=30)]
    assert audit_status(database, made[0].id).audit.schedule == "close"
    assert ScheduledAudits(database).made_by("other") == ()
