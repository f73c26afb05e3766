"""The commands `audit-agent db` and `audit-agent verify`, as processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_agent.domain.ids import AuditId
from audit_agent.store.database import Database, connect

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Runs `audit-agent` with its home in a fresh folder."""

    def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDIT_AGENT_")}
        return subprocess.run(
            [sys.executable, "-m", "audit_agent.cli.main", *arguments],
            env={**environment, "AUDIT_AGENT_HOME": str(home)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run_command


def test_a_database_is_upgraded_and_says_where_it_is(run: Run) -> None:
    assert run("db", "current").returncode == 1

    upgraded = run("db", "upgrade")
    current = run("db", "current", "--json")

    assert upgraded.returncode == 0, upgraded.stderr
    assert json.loads(current.stdout)["current"] == json.loads(current.stdout)["head"]


def test_verify_without_a_database_says_what_to_do(run: Run) -> None:
    result = run("verify", "AUD-2026-0001")

    assert result.returncode == 1
    assert "Run `audit-agent db upgrade`." in result.stderr
    assert "Traceback" not in result.stderr


def test_verify_answers_for_an_audit(run: Run, home: Path, audit_on: Callable[[Database], AuditId]) -> None:
    database = connect(f"sqlite:///{home / 'audit.db'}")
    database.upgrade()
    audit_on(database)
    database.close()

    result = run("verify", "AUD-2026-0001")

    assert result.returncode == 0, result.stderr
    assert "AUD-2026-0001: everything fits." in result.stdout
    assert run("verify", "AUD-2026-0002").returncode == 3
