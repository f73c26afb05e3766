"""Load a programme by name or from a YAML file of one's own."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from audit_agent.domain.errors import BadInputError, NotFoundError
from audit_agent.domain.program import Program, ProgramProcedure
from audit_agent.domain.query_test import QueryTest

_FOLDER = Path(__file__).parent


class UnknownProgramError(NotFoundError):
    """No programme ships under that name, and it is no file."""


class ProgramInvalidError(BadInputError):
    """A programme's file cannot be read, or a field of it is wrong."""


def program_names() -> tuple[str, ...]:
    """The programmes that ship with the product."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def load_program(name_or_path: str) -> Program:
    """A shipped programme by name, or one's own by the path of its YAML file.

    Raises UnknownProgramError and ProgramInvalidError.
    """
    if name_or_path in program_names():
        return _read(_FOLDER / f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return _read(path)
    raise UnknownProgramError(
        f"There is no programme {name_or_path!r}.",
        f"Use one of {', '.join(program_names())}, or give the path of a YAML file of your own.",
    )


def find_program(name: str, folder: Path | None) -> Program:
    """One's own programme of that name where `folder` has one, else as `load_program`."""
    own = folder / f"{name}.yaml" if folder else None
    return load_program(str(own) if own and own.is_file() else name)


def all_programs(folder: Path | None) -> dict[str, Program]:
    """By the name they are asked for: those that ship, then one's own in `folder`. Raises ProgramInvalidError."""
    own = sorted(folder.glob("*.yaml")) if folder else []
    names = dict.fromkeys((*program_names(), *(path.stem for path in own)))
    return {name: find_program(name, folder) for name in names}


def _read(path: Path) -> Program:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ProgramInvalidError(
            f"The programme {path} cannot be read: {error}", "Mend the file; it must be YAML in UTF-8."
        ) from error
    try:
        program = Program.model_validate(_with_tests(content, path.parent))
    except ValidationError as error:
        raise _invalid(path, [_problem(item["loc"], item["msg"]) for item in error.errors()]) from error
    if problems := _inconsistencies(program):
        raise _invalid(path, problems)
    return program


def _with_tests(content: Any, folder: Path) -> Any:
    """The programme with the files put in that its `queries` name."""
    if not isinstance(content, dict) or not isinstance(content.get("queries"), list):
        return content
    tests = [load_test(folder / one).model_dump() if isinstance(one, str) else one for one in content["queries"]]
    return {**content, "queries": tests}


def load_test(path: Path) -> QueryTest:
    """A test of one's own from its YAML file; raises ProgramInvalidError."""
    try:
        return QueryTest.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ProgramInvalidError(
            f"The test {path} cannot be read: {error}", "Mend the file; it must be YAML in UTF-8."
        ) from error
    except ValidationError as error:
        raise _invalid(path, [_problem(item["loc"], item["msg"]) for item in error.errors()]) from error


def _inconsistencies(program: Program) -> list[str]:
    risks = {risk.id for risk in program.risks}
    entries: list[ProgramProcedure | QueryTest] = [*program.procedures, *program.queries]
    used = [entry.id for entry in entries]
    unknown = [entry for entry in entries if entry.risk not in risks]
    problems = [f"procedures: {entry.id} answers the risk {entry.risk!r}, which is not listed" for entry in unknown]
    return problems + [f"procedures: {name} is listed twice" for name in sorted({n for n in used if used.count(n) > 1})]


def _problem(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place)) or 'the file'}: {message}"


def _invalid(path: Path, problems: list[str]) -> ProgramInvalidError:
    return ProgramInvalidError(
        f"The programme {path} is not valid: {'; '.join(problems)}.",
        "Mend these fields; the programmes that ship with the product show how they are written.",
    )
