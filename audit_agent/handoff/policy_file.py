"""Review policy as a YAML file: who may decide at which gate, how many, and by when."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.policy import ANYONE, Gate, Policy
from audit_agent.handoff.durations import parse_duration
from audit_agent.handoff.identity import as_person

EVERY_GATE = "every_gate"
"""Rules in this section hold for each gate that does not say otherwise."""

_GATE_DURATIONS = ("remind_every", "escalate_after", "expire_after")
_PEOPLE = ("eligible", "escalate_to")


class PolicyFileError(BadInputError):
    """A policy file that cannot be used as it is."""


def load_policy(path: Path | None) -> Policy:
    """The policy in a YAML file; the default policy when no file is configured.

    Raises PolicyFileError, naming every field that is unknown or wrong by its path.
    """
    if path is None:
        return Policy()
    content = _read(path)
    problems: list[str] = []
    fields = _with_gate_defaults(content, problems)
    if problems:
        raise _unusable(path, problems)
    try:
        return Policy.model_validate(fields)
    except ValidationError as error:
        raise _unusable(path, [_worded(problem) for problem in error.errors()]) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PolicyFileError(f"There is no policy file {path}.", "Give an existing file, or none.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyFileError(f"The policy file {path} cannot be read: {error}.", "Save it as UTF-8 text.") from error
    except (yaml.YAMLError, RecursionError) as error:
        where = " ".join(str(error).split())
        raise PolicyFileError(f"The policy file {path} is not YAML: {where}.", "Mend the line named.") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise _unusable(path, ["the file must consist of sections such as `plan:` and `report:`"])
    return content


def _with_gate_defaults(content: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    fields = dict(content)
    shared = _gate_fields(EVERY_GATE, fields.pop(EVERY_GATE, None), problems)
    for gate in Gate:
        own = _gate_fields(gate.value, fields.get(gate.value), problems)
        fields[gate.value] = shared | own
    if fields.get("end_after") is not None:
        fields["end_after"] = _duration("end_after", fields["end_after"], problems)
    return fields


def _gate_fields(section: str, content: Any, problems: list[str]) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        problems.append(f"{section}: must be a list of rules such as `quorum: 2`")
        return {}
    fields = dict(content)
    for name in _GATE_DURATIONS:
        if fields.get(name) is not None:
            fields[name] = _duration(f"{section}.{name}", fields[name], problems)
    for name in _PEOPLE:
        if isinstance(fields.get(name), list):
            fields[name] = tuple(_person(item) for item in fields[name])
    return fields


def _person(name: Any) -> Any:
    return as_person(name) if isinstance(name, str) and name != ANYONE else name


def _duration(where: str, value: Any, problems: list[str]) -> timedelta | None:
    try:
        return parse_duration(str(value))
    except ValueError as error:
        problems.append(f"{where}: {error}")
        return None


def _worded(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{where}: unknown field"
    return f"{where}: {problem['msg'].removeprefix('Value error, ')}"


def _unusable(path: Path, problems: list[str]) -> PolicyFileError:
    known = ", ".join(["end_after", EVERY_GATE, *Gate])
    return PolicyFileError(
        f"The policy file {path} cannot be used: {'; '.join(problems)}.",
        f"Known sections: {known}. Mend the fields named and start again.",
    )
