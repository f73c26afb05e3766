"""Who runs in a home, told truly after any kind of end."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit_agent.temporal.errors import AlreadyRunningError, HomeNotWritableError
from audit_agent.temporal.runstate import HomeLock, ProcessMark, RunState, read_state, running_state


def test_whoever_holds_the_lock_is_told_to_others(tmp_path: Path) -> None:
    lock = HomeLock(tmp_path, "demo").take()
    lock.tell("127.0.0.1:7233", "http://127.0.0.1:8233", {})
    state = running_state(tmp_path)
    assert state
    assert state.describe().startswith(f"`audit-agent demo`, process {os.getpid()} at 127.0.0.1:7233, since ")
    with pytest.raises(AlreadyRunningError, match="`audit-agent demo`"):
        HomeLock(tmp_path, "up").take()
    lock.release()
    assert read_state(tmp_path) is None
    HomeLock(tmp_path, "up").take().release()


def test_a_state_whose_process_has_ended_is_stale_and_handed_on(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as ended:
        mark = ProcessMark.of(ended.pid)
    state = RunState(supervisor=mark, role="up", started_at=datetime.now(UTC), children={"worker": mark})
    (tmp_path / "run.json").write_text(state.model_dump_json())
    assert running_state(tmp_path) is None
    lock = HomeLock(tmp_path, "up").take()
    assert lock.left_behind == state
    lock.release()


def test_another_process_with_the_same_id_is_not_taken_for_ours() -> None:
    mine = ProcessMark.of(os.getpid())
    assert mine.find() is not None
    assert mine.model_copy(update={"created": mine.created - 3600}).find() is None


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}'])
def test_a_state_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    assert read_state(tmp_path) is None


def test_a_home_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeNotWritableError, match="cannot be written"):
        HomeLock(tmp_path / "file" / "home", "up").take()


def test_a_state_that_cannot_be_written_leaves_nothing_beside_it(tmp_path: Path) -> None:
    lock = HomeLock(tmp_path, "up").take()
    (tmp_path / "run.json").unlink()
    (tmp_path / "run.json").mkdir()

    with pytest.raises(IsADirectoryError):
        lock.tell(None, None, {})

    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.json", "run.lock"]
    (tmp_path / "run.json").rmdir()
    lock.release()
