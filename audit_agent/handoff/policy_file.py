"""Review policy as a YAML file: who may decide at which gate, how many, and by when."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.policy import Gate, Policy
from audit_agent.handoff.policy_sections import Sections, resolved

EVERY_GATE = "every_gate"
"""Rules in this section hold for each gate that does not say otherwise."""


class PolicyFileError(BadInputError):
    """A policy file that cannot be used as it is."""


def load_policy(path: Path | None) -> Policy:
    """The policy in a YAML file; the default policy when no file is configured.

    Raises PolicyFileError, naming every field that is unknown or wrong by its path.
    """
    if path is None:
        return Policy()
    content = _read(path)
    sections = Sections()
    fields = _with_gate_defaults(content, sections)
    if sections.problems:
        raise _unusable(path, sections.problems)
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


def _with_gate_defaults(content: dict[str, Any], sections: Sections) -> dict[str, Any]:
    fields = dict(content)
    shared = sections.rules(EVERY_GATE, fields.pop(EVERY_GATE, None), {})
    for gate in Gate:
        if gate is Gate.BUDGET and gate.value not in fields:
            continue
        inherited = shared
        if gate in (Gate.PLAN, Gate.BUDGET):
            # Tiers for every gate are for the books' amounts: a plan has none, and a budget is for model calls.
            inherited = {name: value for name, value in shared.items() if name != "tiers"}
        fields[gate.value] = resolved(sections.rules(gate.value, fields.get(gate.value), inherited))
    if fields.get("end_after") is not None:
        fields["end_after"] = sections.duration("end_after", fields["end_after"])
    return fields


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
