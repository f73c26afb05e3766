"""Every command, its arguments and options, as the command line itself declares them."""

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from typer.main import get_command

from audit_agent.cli import main
from scripts.reference.markdown import code, page, table

_INTRODUCTION = """\
# Commands

`audit-agent COMMAND --help` prints the same. `--debug` may stand anywhere in a command and shows tracebacks;
`audit-agent --version` prints the version.

Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 not found, 4 refused by policy, 130 interrupted.
`--json` prints data for programs on standard output; messages for people go to standard error.
"""


def commands_page() -> str:
    """The page of commands."""
    lines = [_INTRODUCTION]
    for name, command in all_commands():
        if getattr(command, "commands", None):
            continue
        lines += [f"## `{' '.join(['audit-agent', name, *_usage(command)])}`", "", inspect.cleandoc(command.help), ""]
        if command.params:
            lines += table(("name", "takes", "default", "meaning"), (_row(one) for one in command.params))
    return page(lines)


def all_commands() -> Iterator[tuple[str, Any]]:
    """Every command and subcommand by its full name; Typer keeps the type of these objects to itself."""
    root: Any = get_command(main.app)
    for name in root.list_commands(None):
        command = root.get_command(None, name)
        yield name, command
        for sub, nested in (getattr(command, "commands", None) or {}).items():
            yield f"{name} {sub}", nested


def _usage(command: Any) -> Iterator[str]:
    for one in command.params:
        if not _is_option(one):
            yield one.display_name_raw if one.required else f"[{one.display_name_raw.strip('[]')}]"
        elif one.required:
            yield f"{one.opts[0]} {_takes(one)}"


def _is_option(parameter: Any) -> bool:
    return any(name.startswith("-") for name in parameter.opts)


def _row(parameter: Any) -> tuple[str, str, str, str]:
    names = ", ".join(code(name) for name in parameter.opts) if _is_option(parameter) else _argument(parameter)
    takes = "" if getattr(parameter, "is_flag", False) else _takes(parameter)
    more = " May be given several times." if parameter.multiple and "several" not in (parameter.help or "") else ""
    return names, code(takes), _default(parameter), f"{parameter.help or ''}{more}"


def _argument(parameter: Any) -> str:
    return code(parameter.display_name_raw.strip("[]"))


def _takes(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " / ".join(str(member.value) for member in kind)
    if parameter.metavar:
        return str(parameter.metavar).strip("[]")
    return {str: "TEXT", int: "NUMBER", Path: "PATH"}.get(kind, "TEXT")


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    default = parameter.default
    if default is None or default == "" or isinstance(default, bool):
        return ""
    return code(str(default.value if isinstance(default, Enum) else default))
