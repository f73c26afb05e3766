"""Kill whatever can be killed; the audit finishes, nothing is done twice, and the report is the same."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.store.reading import AuditStatus
from audit_agent.store.verify import verify
from audit_agent.store.words import EffectState, HoldState
from tests.chaos.audit_run import ChaosRun, finished

pytestmark = pytest.mark.timeout(1200)

STAGES = (
    "freeze_books",
    "draft_plan",
    *(f"perform_step/S{number:02d}" for number in range(1, 14)),
    "draft_findings",
    "draft_remediation",
    "place_holds",
    "draft_report",
    "publish_report",
    "end_audit",
)
EVERYWHERE = (
    *(f"{side}:{stage}" for stage in STAGES for side in ("before", "after")),
    *(f"mid:{stage}" for stage in STAGES if stage not in ("draft_remediation", "place_holds", "end_audit")),
)
"""Every boundary of every stage and step, and the middle of all that store evidence. `make chaos` kills here."""

IN_SHORT = (
    "before:freeze_books",
    "mid:freeze_books",
    "after:draft_plan",
    "before:perform_step/S01",
    "mid:perform_step/S07",
    "after:perform_step/S13",
    "after:draft_findings",
    "before:place_holds",
    "after:place_holds",
    "mid:draft_report",
    "after:publish_report",
    "before:end_audit",
)
"""One of each kind. `make test` kills here."""

POINTS = EVERYWHERE if os.environ.get("AUDIT_AGENT_CHAOS") == "full" else IN_SHORT


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> ChaosRun:
    """The same audit with nothing killed."""
    run = ChaosRun(tmp_path_factory.mktemp("undisturbed"))
    with run.processes():
        asyncio.run(_from_start_to_end(run))
    return run


def effects_of(status: AuditStatus) -> dict[str, Any]:
    """What the audit did to the world, as the registers tell it."""
    return {
        "effects": {effect.kind.value: effect.state.value for effect in status.effects},
        "holds": [(held.hold.key, held.state.value, held.hold.amount) for held in status.holds],
        "steps": [(step.step, step.workpaper, step.exceptions) for step in status.steps],
    }


async def _from_start_to_end(run: ChaosRun) -> AuditStatus:
    await run.start()
    return await run.carry_on(seconds=1000)


def same_as(undisturbed: ChaosRun, run: ChaosRun, status: AuditStatus) -> None:
    """Finished, with the same report, the same effects once each, and a log that verifies."""
    assert finished(status)
    assert run.report() == undisturbed.report()
    assert effects_of(status) == effects_of(asyncio.run(undisturbed.carry_on()))
    assert verify(run.database, run.evidence, run.audit).misfit is None


def test_an_undisturbed_audit_leaves_its_effects_standing(undisturbed: ChaosRun) -> None:
    status = asyncio.run(undisturbed.carry_on())

    # The programme asks nobody anything.
    assert {effect.kind for effect in status.effects} == set(EffectKind) - {EffectKind.EVIDENCE_REQUESTS}
    assert {effect.state for effect in status.effects} == {EffectState.DONE}
    assert {held.state for held in status.holds} == {HoldState.PLACED}


def test_a_worker_killed_at_every_boundary_and_in_the_middle_changes_nothing(
    undisturbed: ChaosRun, tmp_path: Path
) -> None:
    run = ChaosRun(tmp_path, POINTS)

    with run.processes():
        status = asyncio.run(_from_start_to_end(run))

    assert run.fired() == {point.replace("/", "-") for point in POINTS}
    same_as(undisturbed, run, status)


def test_a_server_killed_while_steps_run_and_while_people_are_asked_changes_nothing(
    undisturbed: ChaosRun, tmp_path: Path
) -> None:
    run = ChaosRun(tmp_path)

    async def kill_the_server_twice() -> AuditStatus:
        await run.start()
        await run.carry_on(lambda status: any(step.state == "running" for step in status.steps))
        os.kill(runtime.pids["server"], signal.SIGKILL)
        await run.carry_on(lambda status: status.audit.phase is Phase.FINDINGS_REVIEW)
        os.kill(runtime.pids["server"], signal.SIGKILL)
        return await run.carry_on(seconds=300)

    with run.processes() as runtime:
        status = asyncio.run(kill_the_server_twice())

    same_as(undisturbed, run, status)


def test_after_a_power_cut_a_new_start_goes_on(undisturbed: ChaosRun, tmp_path: Path) -> None:
    run = ChaosRun(tmp_path)

    async def until_steps_run() -> None:
        await run.start()
        await run.carry_on(lambda status: status.audit.steps_done >= 1)

    with run.machine():
        asyncio.run(until_steps_run())
    with run.processes():
        status = asyncio.run(run.carry_on())

    same_as(undisturbed, run, status)
