"""Schedules as a YAML file, and a schedule's fields as people write them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.schedule import ScheduleDefinition, ScheduleInvalidError, read_definition
from audit_agent.handoff.durations import parse_duration
from audit_agent.handoff.identity import as_person
from audit_agent.handoff.start import parse_budget


class ScheduleFileError(BadInputError):
    """A file of schedules that cannot be used as it is."""


def load_definitions(path: Path) -> tuple[ScheduleDefinition, ...]:
    """The schedules of a file; raises ScheduleFileError naming everything that is wrong with any of them."""
    problems, found = [], []
    for number, fields in enumerate(_read(path), start=1):
        if not isinstance(fields, dict):
            problems.append(f"schedule {number} must consist of fields such as `name:` and `when:`.")
            continue
        try:
            found.append(definition_from(fields))
        except BadInputError as error:
            problems.append(error.message)
    names = [one.name for one in found]
    problems += [f"The name {name} is given twice." for name in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise ScheduleFileError(f"The file {path} cannot be used: {' '.join(problems)}", "Nothing was changed.")
    return tuple(found)


def definition_from(written: Mapping[str, Any]) -> ScheduleDefinition:
    """A definition from its fields as people write them: `7d`, `previous month`, `anna`, `2.50`.

    Raises ScheduleInvalidError, and BudgetError and NoNameError.
    """
    fields = dict(written)
    for name, mark, instead in (("period", " _", "-"), ("overlap", " -", "_")):
        if isinstance(fields.get(name), str):
            fields[name] = fields[name].strip().lower().translate(dict.fromkeys(map(ord, mark), instead))
    if fields.get("catch_up") is not None:
        fields["catch_up"] = _duration(fields)
    if fields.get("budget") is not None:
        fields["budget"] = parse_budget(str(fields["budget"]))
    if isinstance(fields.get("requester"), str):
        fields["requester"] = as_person(fields["requester"])
    return read_definition(fields)


def _duration(fields: Mapping[str, Any]) -> Any:
    try:
        return parse_duration(str(fields["catch_up"]))
    except ValueError as error:
        raise ScheduleInvalidError(
            f"The schedule {fields.get('name', 'without a name')} cannot be used: catch_up: {error}.",
            "Mend the field named.",
        ) from error


def _read(path: Path) -> list[Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ScheduleFileError(f"There is no file {path}.", "Give the path of a file of schedules.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ScheduleFileError(f"The file {path} cannot be read: {error}.", "Save it as UTF-8 text.") from error
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise ScheduleFileError(f"The file {path} is not YAML: {where}.", "Mend the line named.") from error
    if not isinstance(content, dict) or set(content) != {"schedules"} or not isinstance(content["schedules"], list):
        raise ScheduleFileError(f"The file {path} must hold a list called `schedules:`, and nothing else.")
    return content["schedules"]
