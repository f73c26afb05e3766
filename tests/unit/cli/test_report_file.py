"""Where a report is written to."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audit_agent.cli.report import NotWrittenError, write_whole


def test_a_pipe_gets_the_report_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with ThreadPoolExecutor() as pool:
        received = pool.submit(pipe.read_bytes)
        write_whole(pipe, b"report", replace=True)
        assert received.result(timeout=10) == b"report"

    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_is_no_place_for_a_report_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    with pytest.raises(NotWrittenError):
        write_whole(folder, b"report", replace=True)

    assert list(tmp_path.iterdir()) == [folder]
