"""The manifest asks for what the code uses, and for nothing else."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit_agent.cli.main import run
from audit_agent.slack import api
from audit_agent.slack.actions import actions
from audit_agent.slack.api import SCOPES
from audit_agent.slack.app import slack_app
from audit_agent.slack.blocks.lists import HELP
from audit_agent.slack.commands.audit import AuditCommand
from audit_agent.slack.manifest import COMMAND_SCOPE, manifest, scopes
from audit_agent.slack.names import SUBMITTED, Action
from audit_agent.slack.office import Office
from audit_agent.slack.rehearsal.server import SlackServer
from audit_agent.slack.rehearsal.workspace import Workspace
from audit_agent.slack.views import views
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from tests.peers.slack_server import office_of

SOURCES = Path(api.__file__).parent


async def _no_temporal() -> Any:
    raise AssertionError("nothing here goes to Temporal")


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    server = SlackServer(Workspace())
    return office_of(server, sqlite_database, FolderEvidence(tmp_path / "evidence"), tmp_path, _no_temporal)


def called_methods() -> set[str]:
    """Every method of the Web API that a source file of ours names in a call."""
    return {
        argument.value
        for file in SOURCES.rglob("*.py")
        if "rehearsal" not in file.parts
        for call in _calls(ast.parse(file.read_text(encoding="utf-8")))
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("call", "ask"):
            yield node


def test_every_method_that_is_called_has_its_scopes_and_every_scope_a_method() -> None:
    assert called_methods() == set(SCOPES)


def test_the_manifest_asks_for_these_scopes_only() -> None:
    needed = {scope for method in called_methods() for scope in SCOPES[method]}
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == needed | {COMMAND_SCOPE}
    assert scopes() == sorted(set(scopes()))


def test_the_manifest_has_the_commands_and_events_that_are_listened_to(office: Office) -> None:
    app = slack_app(office)
    (listed,) = manifest()["features"]["slash_commands"]
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    # One listener each for the command and for every event, action and modal: a new one shows up here.
    assert len(app._async_listeners) == 1 + len(events) + len(Action) + len(SUBMITTED)
    assert listed["command"] == "/audit"
    assert events == ["app_home_opened"]


def test_every_button_and_every_modal_has_a_listener(office: Office) -> None:
    assert set(actions(office)) == set(Action)
    assert set(views(office)) == set(SUBMITTED)


def test_help_and_the_usage_hint_name_every_subcommand(office: Office) -> None:
    named = {words.split()[0] for words, _ in HELP}
    hint = manifest()["features"]["slash_commands"][0]["usage_hint"]
    assert named == AuditCommand(office).names
    assert {words.split()[0] for words in hint.split("|")} == named


def test_over_http_every_address_is_the_one_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["slack", "manifest", "--url", "https://audits.example.com/"]) == 0
    printed = json.loads(capsys.readouterr().out)

    addresses = {
        printed["features"]["slash_commands"][0]["url"],
        printed["settings"]["event_subscriptions"]["request_url"],
        printed["settings"]["interactivity"]["request_url"],
    }
    assert addresses == {"https://audits.example.com/slack/events"}
    assert printed["settings"]["socket_mode_enabled"] is False


def test_without_an_address_the_app_uses_socket_mode(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["slack", "manifest"]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in str(printed)


def test_without_a_token_it_is_said_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUDIT_AGENT_HOME", str(tmp_path))
    monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)

    assert run(["slack"]) == 2
    assert "SLACK_APP_TOKEN is not set" in capsys.readouterr().err
