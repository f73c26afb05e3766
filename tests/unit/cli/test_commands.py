import subprocess
import sys

import pytest

from audit_agent.cli.commands import COMMANDS
from audit_agent.cli.main import run

GROUPS = {"books": ("check",), "procedures": ("list", "show", "run"), "db": ("upgrade",)}

HEAVY = ("ibis", "duckdb", "temporalio", "anthropic", "pyarrow", "alembic", "jinja2")


def every_command() -> list[tuple[str, ...]]:
    plain = [(name,) for name in COMMANDS]
    return plain + [(group, name) for group, names in GROUPS.items() for name in names]


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_every_command_of_the_contract_has_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert f"Usage: audit-agent {' '.join(command)}" in capsys.readouterr().out


def test_the_contract_of_the_command_line_is_there() -> None:
    contract = (
        "demo up start list status watch cancel reviews approve reject request-changes report books procedures "
        "verify worker db doctor sample"
    )

    assert set(contract.split()) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--help"])

    assert f" {name} " in capsys.readouterr().out


def test_without_a_command_the_help_is_shown_as_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: audit-agent" in "".join(capsys.readouterr())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("audit-agent ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["list", "--no-such-option"],
        ["status"],
        ["approve", "AUD-2026-0001"],
        ["approve", "AUD-2026-0001", "no-such-gate"],
        ["reject", "AUD-2026-0001", "plan"],
        ["start", "--books", "x"],
    ],
    ids=" ".join,
)
def test_bad_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["list", "status", "reviews", "watch"])
def test_reading_commands_import_nothing_heavy(name: str) -> None:
    """Reading must answer in well under a second, so nothing that computes may come along."""
    program = (
        "import sys\n"
        "from audit_agent.cli.main import run\n"
        f"run([{name!r}, *({{'list': [], 'reviews': []}}.get({name!r}, ['AUD-2026-0001']))])\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    environment = {"AUDIT_AGENT_HOME": "no-such-home", "PATH": ""}

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)

    assert done.stdout.splitlines()[-1] == "[]"
