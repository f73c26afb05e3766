"""`audit-agent doctor` says what is there, what is missing, and what to do."""

import json
import subprocess
import sys
from typing import Any

from audit_agent.settings import Settings
from audit_agent.temporal.running import running
from tests.integration.temporal.waiting import until


def test_a_fresh_home_has_no_problems(settings: Settings) -> None:
    code, checks = _doctor(settings)
    assert code == 0
    assert checks["Temporal"]["detail"] == "the embedded server does not run"
    assert checks["Database"]["advice"] == "`audit-agent up` makes it."
    assert not settings.home.exists(), "the doctor writes nothing"


def test_a_running_home_is_found_to_run(settings: Settings, tiny_worker: tuple[str, ...]) -> None:
    with running(settings, worker_command=tiny_worker) as runtime:
        log = settings.logs_folder / "worker.log"
        until(lambda: "Polling" in log.read_text(), "the worker polls")
        until(lambda: _doctor(settings)[1]["Worker"]["state"] == "ok", "the worker is seen polling")
        code, checks = _doctor(settings)
    assert code == 0
    assert runtime.address in checks["Temporal"]["detail"]
    assert checks["Search attributes"]["detail"] == "registered"


def test_what_is_broken_is_named_with_what_to_do_and_the_exit_code_says_so(settings: Settings) -> None:
    code, checks = _doctor(
        settings,
        AUDIT_AGENT_HOME="/dev/null/home",
        AUDIT_AGENT_ANALYST="anthropic",
        AUDIT_AGENT_POLICY_FILE="missing.yaml",
        AUDIT_AGENT_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        TEMPORAL_ADDRESS="127.0.0.1:1",
    )
    assert code == 1
    problems = {name for name, check in checks.items() if check["state"] == "problem"}
    assert problems == {"Home", "Database", "Temporal", "Analyst", "Policy"}
    assert all(checks[name]["advice"] for name in problems)


def test_a_misspelt_setting_is_pointed_out(settings: Settings) -> None:
    code, checks = _doctor(settings, AUDIT_AGENT_MODLE="x")
    assert code == 0
    assert checks["Settings"]["detail"] == "AUDIT_AGENT_MODLE is not a setting"
    assert checks["Settings"]["advice"] == "Did you mean AUDIT_AGENT_MODEL?"


def test_a_key_is_never_shown(settings: Settings) -> None:
    code, checks = _doctor(settings, ANTHROPIC_API_KEY="sk-hush-hush")
    assert code == 0
    assert "the key is set and was not tried" in checks["Analyst"]["detail"]
    assert "hush" not in json.dumps(checks)


def _doctor(settings: Settings, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and the last check of each name."""
    done = subprocess.run(
        [sys.executable, "-m", "audit_agent.cli.main", "doctor", "--json"],
        env={"PATH": "", **settings.as_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, {check["name"]: check for check in json.loads(done.stdout)}
