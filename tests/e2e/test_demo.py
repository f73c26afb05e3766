"""The demo as a newcomer runs it: a process of its own, without a terminal, in a home of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.timeout(400)

COMMAND = (sys.executable, "-m", "audit_agent.cli.main")
HEEDING_CTRL_C = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from audit_agent.cli.main import main; main()",
)
"""The same, also where the tests run in the background of a script, whose children ignore Ctrl-C."""
DONE_WITHIN_SECONDS = 150
"""The demo takes 45 s on two free cores; tests share theirs."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a newcomer: a fresh home, any free ports, no key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUDIT_", "TEMPORAL_", "ANTH"))}
    ports = {"AUDIT_AGENT_TEMPORAL_PORT": "0", "AUDIT_AGENT_TEMPORAL_UI_PORT": "0"}
    return kept | ports | {"AUDIT_AGENT_HOME": str(tmp_path / "home"), "AUDIT_AGENT_USER": "newcomer"}


@pytest.fixture(autouse=True)
def ended_processes(tmp_path: Path) -> Iterator[None]:
    """Whatever a failed test leaves running is ended."""
    yield
    for process in processes_of(tmp_path):
        process.kill()


def processes_of(folder: Path) -> list[psutil.Process]:
    """Running processes that work in a home below this folder."""
    return [process for process in psutil.process_iter() if _works_in(process, str(folder))]


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        alive = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
        return alive and (
            process.environ().get("AUDIT_AGENT_HOME", "").startswith(folder) or folder in " ".join(process.cmdline())
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def agent(environment: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=DONE_WITHIN_SECONDS,
        check=False,
    )


def test_the_demo_runs_to_its_report_twice_and_leaves_no_process(environment: dict[str, str], tmp_path: Path) -> None:
    first = agent(environment, tmp_path, "demo")

    assert first.returncode == 0, first.stdout + first.stderr
    found = re.search(r"Found against seeded: (\d+) of (\d+) seeded irregularities found", first.stdout)
    assert found, first.stdout
    assert int(found[1]) >= 20
    assert "Documents: 196 of 200 read." in first.stdout
    assert first.stdout.count("approved by the demo reviewer") == 4
    assert "Opinion: " in first.stdout
    assert "Verified: " in first.stdout
    assert re.search(r"http://127\.0\.0\.1:\d+/namespaces/default/workflows/AUD-\d{4}-0001", first.stdout)
    for form in ("html", "md", "json"):
        (report,) = (tmp_path / "home" / "reports").glob(f"AUD-*-0001/report.{form}")
        assert report.stat().st_size > 1_000
    assert processes_of(tmp_path) == []

    second = agent(environment, tmp_path, "demo")

    assert second.returncode == 0, second.stdout + second.stderr
    assert "AUD-" in second.stdout
    listed = agent(environment, tmp_path, "list").stdout
    assert listed.count("finished") == 2
    assert processes_of(tmp_path) == []


def test_ctrl_c_in_the_middle_ends_everything(environment: dict[str, str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [*HEEDING_CTRL_C, "demo"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        cwd=tmp_path,
        # Of its own, so that the signal below reaches the demo and nobody else.
        start_new_session=True,
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        for line in demo.stdout:
            if "carrying out" in line:
                break
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
        said = demo.stderr.read()
        code = demo.wait(DONE_WITHIN_SECONDS)

    assert code == 130
    assert "Traceback" not in said
    assert processes_of(tmp_path) == []
