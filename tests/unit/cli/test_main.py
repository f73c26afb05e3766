import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from audit_agent.cli.commands import COMMANDS, Place
from audit_agent.cli.main import run
from audit_agent.domain.errors import BadInputError, NotFoundError, RefusedError


class NoSuchThingError(NotFoundError):
    """Raised by the command of these tests."""


def fail_as_told(how: str) -> None:
    """Fail in one of the ways a command can."""
    match how:
        case "not found":
            raise NoSuchThingError("There is no such thing.", "Make one.")
        case "bad input":
            raise BadInputError("This is unusable.")
        case "refused":
            raise RefusedError("The policy says no.")
        case "interrupted":
            raise KeyboardInterrupt
        case "broken":
            raise ZeroDivisionError("by zero")
        case "exit":
            raise typer.Exit(1)


@pytest.fixture(autouse=True)
def failing_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a command that fails into the list, as a module beside the real ones."""
    monkeypatch.setenv("AUDIT_AGENT_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sys.modules, "audit_agent.cli.failing", sys.modules[__name__])
    monkeypatch.setitem(COMMANDS, "fail", Place("failing", "fail_as_told", "Tests", "Fail."))


@pytest.mark.parametrize(
    ("how", "code"),
    [("well", 0), ("exit", 1), ("broken", 1), ("bad input", 2), ("not found", 3), ("refused", 4), ("interrupted", 130)],
)
def test_the_exit_code_says_what_kind_of_failure_it_was(how: str, code: int) -> None:
    assert run(["fail", how]) == code


def test_a_failure_is_told_in_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    run(["fail", "not found"])

    assert capsys.readouterr().err == "Error: There is no such thing.\nMake one.\n"


def test_an_interruption_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    run(["fail", "interrupted"])

    assert capsys.readouterr() == ("", "")


def test_an_unexpected_error_is_a_line_and_its_details_are_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["fail", "broken"])

    said = capsys.readouterr().err
    log = tmp_path / "home" / "logs" / "terminal.log"
    assert "ZeroDivisionError: by zero" in said
    assert "Traceback" not in said
    assert str(log) in said
    assert "Traceback" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [["--debug", "fail", "broken"], ["fail", "broken", "--debug"]], ids=" ".join)
def test_with_debug_the_traceback_is_shown(arguments: list[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        run(arguments)


def test_settings_that_cannot_be_used_are_bad_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUDIT_AGENT_TEMPORAL_PORT", "none")

    assert run(["list"]) == 2
    assert "AUDIT_AGENT_TEMPORAL_PORT" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_drama(tmp_path: Path) -> None:
    environment = os.environ | {"AUDIT_AGENT_HOME": str(tmp_path / "home")}
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "audit_agent.cli.main", "list"],
            stdout=writing,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
    finally:
        os.close(writing)

    assert done.stderr == b""
