"""Settings: the environment over the TOML file over defaults, and what is said when one is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit_agent.settings import (
    BadSettingsError,
    Settings,
    UnknownSetting,
    load_settings,
    unknown_settings,
    variable_of,
)


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("AUDIT_AGENT_", "ANTHROPIC_")):
            monkeypatch.delenv(name)


def test_without_any_setting_everything_lies_below_the_working_directory(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.home == tmp_path / ".audit-agent"
    assert settings.database_url == f"sqlite:///{tmp_path}/.audit-agent/audit.db"
    assert settings.anthropic_api_key is None


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "audit-agent.toml").write_text('user = "from file"\nmodel = "from file"\n')
    monkeypatch.setenv("AUDIT_AGENT_USER", "from environment")
    settings = load_settings()
    assert (settings.user, settings.model) == ("from environment", "from file")


def test_the_file_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("temporal_port = 7000\n")
    monkeypatch.setenv("AUDIT_AGENT_CONFIG", "other.toml")
    assert load_settings().temporal_port == 7000


def test_a_named_file_that_is_missing_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_AGENT_CONFIG", "missing.toml")
    with pytest.raises(BadSettingsError, match=r"missing\.toml, which is not a file"):
        load_settings()


def test_every_wrong_value_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_AGENT_TEMPORAL_PORT", "70000")
    monkeypatch.setenv("AUDIT_AGENT_ANALYST", "oracle")
    with pytest.raises(BadSettingsError) as error:
        load_settings()
    assert "AUDIT_AGENT_TEMPORAL_PORT is '70000': input should be less than or equal to 65535" in error.value.message
    assert "AUDIT_AGENT_ANALYST is 'oracle': input should be 'auto', 'offline' or 'anthropic'" in error.value.message


def test_a_misspelt_key_of_the_file_is_reported_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "audit-agent.toml").write_text('modle = "x"\n')
    with pytest.raises(BadSettingsError, match=r"modle is not a setting \(did you mean model\?\)"):
        load_settings()


@pytest.mark.parametrize("content", [b"user = \n", b'user = "\xff"\n'])
def test_a_file_that_is_no_toml_is_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "audit-agent.toml").write_bytes(content)
    with pytest.raises(BadSettingsError, match=r"audit-agent\.toml cannot be read"):
        load_settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-hush-hush")
    monkeypatch.setenv("AUDIT_AGENT_HOLDS_TOKEN", "hold-hush")
    assert "hush" not in repr(load_settings())


def test_another_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "audit-agent.toml").write_text('holds_token = "t"\nanthropic_api_key = "k"\nworker_slots = 3\n')
    settings = load_settings()
    (tmp_path / "audit-agent.toml").unlink()
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_a_variable_that_sets_nothing_is_found_with_the_nearest_name() -> None:
    environ = {"AUDIT_AGENT_USR": "x", "AUDIT_AGENT_CONFIG": "y", "AUDIT_AGENT_HOME": "z", "PATH": "p"}
    assert unknown_settings(environ) == [UnknownSetting("AUDIT_AGENT_USR", "AUDIT_AGENT_USER")]


def test_every_setting_is_described_for_the_reference() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undescribed == []


def test_the_names_the_ecosystem_fixed_are_kept() -> None:
    assert (variable_of("anthropic_api_key"), variable_of("holds_url")) == (
        "ANTHROPIC_API_KEY",
        "AUDIT_AGENT_HOLDS_URL",
    )


def test_settings_and_client_import_neither_temporal_nor_the_model_sdk() -> None:
    code = (
        "import sys, audit_agent.settings, audit_agent.temporal.client\n"
        "print(sorted({'temporalio', 'anthropic', 'sqlalchemy'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert shown.stdout == "[]\n"


def test_lists_are_written_with_commas_and_passed_on_to_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_AGENT_DOCUMENT_HOSTS", "files.example.com, .example.org")
    monkeypatch.setenv("AUDIT_AGENT_DOCUMENT_NETWORKS", "10.1.0.0/16")
    settings = load_settings()

    assert settings.document_hosts == ("files.example.com", ".example.org")
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_a_network_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_AGENT_DOCUMENT_NETWORKS", "10.1.0.0/99")

    with pytest.raises(BadSettingsError, match="AUDIT_AGENT_DOCUMENT_NETWORKS"):
        load_settings()
