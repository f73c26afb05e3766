"""Every programme that ships with the product, from its YAML file."""

from collections.abc import Iterator

from audit_agent.domain.program import Program, ProgramProcedure
from audit_agent.procedures.registry import REGISTRY
from audit_agent.programs import load_program, program_names
from scripts.reference.markdown import code, page, table

_INTRODUCTION = """\
# Programmes

A programme names an audit's objective, its risks and the procedures it may use.
`audit-agent start --program NAME` takes one of these, or the path of a YAML file of your own
(see [programmes of your own](../how-to/programmes.md)).
"""


def programmes_page() -> str:
    """The page of programmes."""
    lines = [_INTRODUCTION]
    for name in program_names():
        lines += _entry(load_program(name))
    return page(lines)


def _entry(program: Program) -> Iterator[str]:
    yield from (f"## {program.id}", "", f"{program.title}, version {program.version}. {program.objective}", "")
    yield f"- Standards: {', '.join(program.standards)}"
    bases = ", ".join(f"{basis.percent}% of {basis.measure.replace('_', ' ')}" for basis in program.materiality)
    yield f"- Materiality, the first the books can tell: {bases}"
    yield from (f"- Gates: {', '.join(program.gates)}", "")
    for risk in program.risks:
        yield from (f"**{risk.id}** {risk.text} ({', '.join(risk.assertions)})", "")
        rows = (_row(entry) for entry in program.procedures if entry.risk == risk.id)
        yield from table(("procedure", "title", "parameters that differ from the catalogue"), rows)


def _row(entry: ProgramProcedure) -> tuple[str, str, str]:
    parameters = ", ".join(code(f"{name}={value}") for name, value in entry.parameters.items())
    return entry.id, REGISTRY.get(entry.id).title, parameters
