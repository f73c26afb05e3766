"""On a real worker: what fails is shown to people who wait, until it succeeds."""

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.testing import WorkflowEnvironment

with workflow.unsafe.imports_passed_through():
    from audit_agent.activities.troubles import ShowTroubles
    from audit_agent.domain.audit import AuditRequest
    from audit_agent.domain.ids import AuditId
    from audit_agent.programs import load_program
    from audit_agent.settings import Settings
    from audit_agent.store.audits import Audits
    from audit_agent.store.database import connect
    from audit_agent.store.reading import audit_status
    from audit_agent.store.troubles import Troubles
    from audit_agent.temporal.worker import build_worker
    from tests.workflow.world import REQUESTER


@workflow.defn
class WorkOnce:
    """Runs one activity."""

    @workflow.run
    async def run(self) -> str:
        """What the activity says."""
        result: str = await workflow.execute_activity("work_hard", start_to_close_timeout=timedelta(seconds=20))
        return result


def test_an_attempt_that_failed_is_shown_until_the_next_succeeds(
    server: WorkflowEnvironment, loop: asyncio.AbstractEventLoop, sqlite_url: str, tmp_path: Path
) -> None:
    # Given an audit, and an activity that fails once and then tells what people are shown meanwhile
    database = connect(sqlite_url)
    audit = AuditId(f"AUD-{uuid.uuid4().hex[:8]}")
    asked = datetime.now(UTC)
    request = AuditRequest(
        audit=audit, program=load_program("general"), books="/books", requester=REQUESTER, requested_at=asked
    )
    Audits(database).create(request, asked)

    @activity.defn
    def work_hard() -> str:
        if activity.info().attempt == 1:
            raise OSError("The disk is full.")
        return audit_status(database, audit).audit.trouble

    async def carry_out() -> str:
        settings = Settings(home=tmp_path, task_queue=f"queue-{uuid.uuid4().hex[:8]}")
        show = ShowTroubles(Troubles(database), lambda: datetime.now(UTC))
        with ThreadPoolExecutor(settings.worker_slots) as executor:
            async with build_worker(server.client, settings, [WorkOnce], [work_hard], executor, [show]):
                result: str = await server.client.execute_workflow(
                    WorkOnce.run, id=audit, task_queue=settings.task_queue
                )
                return result

    # When the audit's workflow runs on a worker of ours
    meanwhile = loop.run_until_complete(carry_out())

    # Then the failure was shown while it was tried again, and no longer
    assert meanwhile == "work hard failed (attempt 1): OSError: The disk is full."
    assert audit_status(database, audit).audit.trouble == ""
    database.close()
