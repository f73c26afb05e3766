"""Runs of schedules recorded once must replay on today's code; see tests/workflow/test_replay.py."""

import asyncio
import os
import re
from datetime import date
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from audit_agent.domain.ids import AuditId
from audit_agent.handoff.schedules import backfill_days
from audit_agent.workflows import WORKFLOWS
from audit_agent.workflows.scheduled import ScheduledAuditWorkflow
from tests.integration.schedules.conftest import Office, definition, now, runs_ended

FOLDER = Path(__file__).with_name("histories")


async def record(office: Office, overlap: str) -> str:
    """The history of a run; where it lasts as long as its audit, the audit is cancelled."""
    await office.has(definition(overlap=overlap))
    day = date(2026, 4, 3)
    async with office.working():
        await backfill_days(office.schedules, "monthly-close", day, day, now())
        (audit,) = await office.made(1)
        await office.running(audit.id)
        await office.client.get_workflow_handle(audit.id).cancel()
        (run,) = await runs_ended(office)
    handle = office.client.get_workflow_handle_for(ScheduledAuditWorkflow.run, run.workflow, run_id=run.run)
    result: AuditId = await handle.result()
    assert result == audit.id
    return re.sub(r'"\d+@[^"]*"', '"worker"', (await handle.fetch_history()).to_json())


@pytest.mark.parametrize("overlap", ["allow_all", "buffer_all"])
def test_a_recorded_run_of_a_schedule_replays_on_the_code_of_today(
    loop: asyncio.AbstractEventLoop, office: Office, overlap: str
) -> None:
    file = FOLDER / f"{overlap}.json"
    if "AUDIT_AGENT_WRITE_GOLDEN" in os.environ and not file.exists():
        file.write_text(loop.run_until_complete(record(office, overlap)) + "\n", encoding="utf-8")
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)

    loop.run_until_complete(replayer.replay_workflow(WorkflowHistory.from_json(overlap, file.read_text("utf-8"))))
