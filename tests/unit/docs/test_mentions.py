"""What the pages speak of exists: commands, options, settings and procedures."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit_agent.procedures.registry import REGISTRY
from audit_agent.settings import Settings, unknown_settings, variable_of
from scripts.reference import FOLDER
from scripts.reference.commands import all_commands
from tests.unit.docs.pages import PAGES, name_of

COMMANDS: dict[str, Any] = dict(all_commands())
EVERYWHERE = {"--help", "-h", "--debug", "--version"}
MENTION = re.compile(r"(?:^|`|\$ |&& )(?:[A-Z_]+=\S+ )*audit-agent ([^`\n#|>&]+)", re.MULTILINE)


def _mentioned(page: Path) -> Iterator[tuple[str, set[str]]]:
    """Commands a page speaks of, each with its options."""
    for text in MENTION.findall(page.read_text(encoding="utf-8")):
        words = shlex.split(text.replace("'", ""))
        name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
        yield name, {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)} - EVERYWHERE


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_of_a_page_exist(page: Path) -> None:
    for name, options in _mentioned(page):
        if name in EVERYWHERE or name == "COMMAND":
            continue
        assert name in COMMANDS, f"there is no command {name}"
        known = {option for one in COMMANDS[name].params for option in one.opts}
        assert options <= known, f"{name} has no option {options - known}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_settings_of_a_page_exist(page: Path) -> None:
    names = re.findall(r"\bAUDIT_AGENT_[A-Z_]+\b", page.read_text(encoding="utf-8"))
    assert unknown_settings(dict.fromkeys(names, "")) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_procedures_of_a_page_exist(page: Path) -> None:
    names = set(re.findall(r"\b(?:JE|P2P)-[0-9]{2}\b", page.read_text(encoding="utf-8")))
    assert names <= {meta.id for meta in REGISTRY.procedures()}


def test_every_command_setting_and_procedure_is_in_the_reference() -> None:
    commands = (FOLDER / "commands.md").read_text(encoding="utf-8")
    settings = (FOLDER / "settings.md").read_text(encoding="utf-8")
    procedures = (FOLDER / "procedures.md").read_text(encoding="utf-8")
    single = [name for name, command in COMMANDS.items() if not getattr(command, "commands", None)]
    missing = [name for name in single if f"## `audit-agent {name}" not in commands]
    missing += [name for name in Settings.model_fields if f"`{variable_of(name)}`" not in settings]
    missing += [meta.id for meta in REGISTRY.procedures() if f"## {meta.id} " not in procedures]
    assert missing == []
