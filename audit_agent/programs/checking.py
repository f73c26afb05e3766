"""Whether a programme fits the catalogue."""

from audit_agent.domain.program import Program
from audit_agent.procedures.registry import REGISTRY, UnknownProcedureError
from audit_agent.programs.loader import ProgramInvalidError


def check_program(program: Program) -> None:
    """Raise ProgramInvalidError, naming everything in a programme that the catalogue does not have or allow."""
    problems = [problem for entry in program.procedures for problem in _problems(entry.id, entry.parameters)]
    answered = {entry.risk for entry in program.procedures}
    problems += [f"No procedure answers risk {risk.id}." for risk in program.risks if risk.id not in answered]
    if problems:
        raise ProgramInvalidError(
            f"The programme {program.id} does not fit the catalogue: {' '.join(problems)}",
            "`audit-agent procedures list` names the procedures, `procedures show ID` their parameters.",
        )


def _problems(procedure: str, parameters: dict[str, str]) -> tuple[str, ...]:
    try:
        known = REGISTRY.meta(procedure).id
    except UnknownProcedureError as error:
        return (error.message,)
    if known != procedure:
        return (f"{procedure!r} is written {known}.",)
    return REGISTRY.parameter_problems(procedure, parameters)
