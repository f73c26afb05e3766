"""The demo in a rehearsed Slack, as a newcomer runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(240)


def test_the_demo_holds_its_conversation_in_slack_and_ends_with_a_shared_report(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUDIT_", "TEMPORAL_", "SLACK_"))}
    environment = kept | {
        "AUDIT_AGENT_TEMPORAL_PORT": "0",
        "AUDIT_AGENT_TEMPORAL_UI_PORT": "0",
        "AUDIT_AGENT_HOME": str(tmp_path / "home"),
    }

    done = subprocess.run(
        [sys.executable, "-m", "audit_agent.cli.main", "demo", "--slack"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        timeout=220,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "@alex: /audit start" in done.stdout
    assert done.stdout.count("@sam presses [Approve]") == 4
    assert "[Approve] [Request changes] [Reject] [Details]" in done.stdout
    assert "audit-agent shares AUD-" in done.stdout
    assert "Verified: " in done.stdout
