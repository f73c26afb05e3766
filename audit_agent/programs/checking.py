"""Whether a programme fits the catalogue."""

from collections.abc import Iterator

from audit_agent.books.canonical import CANONICAL
from audit_agent.domain.program import Program
from audit_agent.domain.query_test import QueryTest
from audit_agent.investigating.errors import QueryRefusedError
from audit_agent.investigating.single_select import check_single_select
from audit_agent.procedures.registry import REGISTRY, UnknownProcedureError
from audit_agent.programs.loader import ProgramInvalidError


def check_program(program: Program) -> None:
    """Raise ProgramInvalidError, naming everything in a programme that the catalogue does not have or allow."""
    problems = [problem for entry in program.procedures for problem in _problems(entry.id, entry.parameters)]
    problems += [problem for test in program.queries for problem in _query_problems(test)]
    answered = {entry.risk for entry in program.procedures} | {test.risk for test in program.queries}
    problems += [f"No procedure answers risk {risk.id}." for risk in program.risks if risk.id not in answered]
    if problems:
        raise ProgramInvalidError(
            f"The programme {program.id} does not fit the catalogue: {' '.join(problems)}",
            "`audit-agent procedures list` names the procedures, `procedures show ID` their parameters.",
        )


def _query_problems(test: QueryTest) -> Iterator[str]:
    if test.table not in CANONICAL:
        yield f"{test.id} flags rows of {test.table}, which is no canonical table."
    try:
        check_single_select(test.sql, CANONICAL)
    except QueryRefusedError as error:
        yield f"{test.id}: {error.message}"


def _problems(procedure: str, parameters: dict[str, str]) -> tuple[str, ...]:
    try:
        known = REGISTRY.meta(procedure).id
    except UnknownProcedureError as error:
        return (error.message,)
    if known != procedure:
        return (f"{procedure!r} is written {known}.",)
    return REGISTRY.parameter_problems(procedure, parameters)
