"""Failed attempts are shown while there will be others, whatever the database does."""

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from typing_extensions import override

from audit_agent.activities.contract import StepTask
from audit_agent.activities.troubles import ShowTroubles
from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.record import Digest
from audit_agent.programs import load_program
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.reading import audit_status
from audit_agent.store.troubles import Troubles

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AUDIT = AuditId("AUD-2026-0001")
TASK = StepTask(
    audit=AUDIT,
    plan=Digest("a" * 64),
    books=Digest("b" * 64),
    period=None,
    currency="EUR",
    step=StepId("S07"),
    revision=1,
)


class Last(ActivityInboundInterceptor):
    """Does what a test says instead of an activity."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        return self._work()


@pytest.fixture
def database(sqlite_url: str) -> Any:
    found = connect(sqlite_url)
    request = AuditRequest(
        audit=AUDIT, program=load_program("general"), books="/books", requester=Person("user:ines"), requested_at=AT
    )
    Audits(found).create(request, AT)
    yield found
    found.close()


def attempt(database: Database, work: Callable[[], Any], number: int = 1, activity_id: str = "5") -> Any:
    """One attempt of `perform_step`."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, activity_type="perform_step", attempt=number, activity_id=activity_id
    )
    watching = ShowTroubles(Troubles(database), lambda: AT).intercept_activity(Last(work))
    wanted = ExecuteActivityInput(fn=activity.info, args=[TASK], executor=None, headers={})
    return asyncio.run(environment.run(watching.execute_activity, wanted))


def fail(error: Exception) -> Callable[[], Any]:
    def work() -> Any:
        raise error

    return work


def failed(database: Database, error: Exception, number: int = 1, activity_id: str = "5") -> None:
    with pytest.raises(type(error)):
        attempt(database, fail(error), number, activity_id)


def shown(database: Database) -> str:
    return audit_status(database, AUDIT).audit.trouble


def test_a_failed_attempt_is_shown_with_what_and_when(database: Database) -> None:
    failed(database, ApplicationError("The disk\nis full.", type="DiskFullError"), number=3)

    audit = audit_status(database, AUDIT).audit
    assert (audit.trouble, audit.trouble_at) == ("perform step S07 failed (attempt 3): The disk is full.", AT)


def test_the_success_of_a_later_attempt_ends_the_trouble(database: Database) -> None:
    failed(database, OSError("away"))

    assert attempt(database, lambda: "done", 2) == "done"
    assert shown(database) == ""


def test_the_success_of_another_activity_does_not_end_it(database: Database) -> None:
    failed(database, OSError("away"))

    attempt(database, lambda: "done", 2, activity_id="6")

    assert shown(database) == "perform step S07 failed (attempt 1): OSError: away"


def test_the_next_phase_ends_it(database: Database) -> None:
    failed(database, OSError("away"))

    Audits(database).mark(AUDIT, "phase/1", Phase.COMPENSATING, "", AT)

    assert shown(database) == ""


def test_a_failure_after_the_end_is_shown_no_more(database: Database) -> None:
    Audits(database).end(AUDIT, Phase.FINISHED, "", None, AT)

    failed(database, OSError("away"))

    assert shown(database) == ""


@pytest.mark.parametrize(
    "error", [ApplicationError("No such books.", type="NotFoundError", non_retryable=True), CancelledError("over")]
)
def test_what_is_not_tried_again_is_no_trouble(database: Database, error: Exception) -> None:
    failed(database, error)

    assert shown(database) == ""


def test_a_long_message_is_cut(database: Database) -> None:
    failed(database, ApplicationError("x" * 2000))

    assert shown(database).endswith("x" * 500)
    assert "x" * 501 not in shown(database)


def test_trouble_is_no_part_of_the_log(database: Database) -> None:
    before = audit_status(database, AUDIT).log_head

    failed(database, OSError("away"))

    assert audit_status(database, AUDIT).log_head == before


def test_a_database_that_is_away_changes_nothing_for_the_activity(
    tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    away = connect(f"sqlite:///{tmp_path / 'nowhere' / 'audit.db'}")

    failed(away, OSError("the activity's own"))

    assert attempt(away, lambda: "done", 2) == "done"
    assert "could not be shown" in caplog.text
