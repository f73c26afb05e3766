"""`audit-agent programs`: the audit programmes there are, and whether one's own is valid."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from audit_agent.domain.program import Program

app = typer.Typer(no_args_is_help=True, help="The audit programmes.")

_JSON = typer.Option("--json", help="Print it as JSON.")


@app.command("list")
def list_programs(as_json: Annotated[bool, _JSON] = False) -> None:
    """Every programme there is: those that ship with the product, and one's own."""
    from audit_agent.cli.printing import console, print_json, table
    from audit_agent.programs import all_programs
    from audit_agent.settings import load_settings

    programs = all_programs(load_settings().programs_folder)
    if as_json:
        print_json({name: program.model_dump(mode="json") for name, program in programs.items()})
        return
    listing = table("name", "title", "procedures", "risks")
    for name, program in programs.items():
        listing.add_row(name, program.title, str(len(program.procedures)), str(len(program.risks)))
    console().print(listing)


@app.command()
def show(
    program: Annotated[str, typer.Argument(metavar="NAME", help="Like procure-to-pay, or a YAML file.")],
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """What one programme is for, which risks it names and which procedures answer them."""
    from audit_agent.cli.printing import console, print_json, table
    from audit_agent.programs import find_program
    from audit_agent.settings import load_settings

    found = find_program(program, load_settings().programs_folder)
    if as_json:
        print_json(found)
        return
    out = console()
    out.print(f"{found.id} {found.title} (version {found.version})\n\n{found.objective}\n")
    out.print(f"Standards: {'; '.join(found.standards)}")
    bases = (f"{basis.percent}% of {basis.measure.replace('_', ' ')}" for basis in found.materiality)
    out.print(f"Materiality, the first the books can tell: {', '.join(bases)}")
    out.print(f"Gates: {', '.join(found.gates)}\n")
    risks = table("risk", "what could be wrong", "assertions")
    for risk in found.risks:
        risks.add_row(risk.id, risk.text, ", ".join(risk.assertions))
    out.print(risks)
    _print_procedures(found)


def _print_procedures(program: "Program") -> None:
    from audit_agent.cli.printing import console, table
    from audit_agent.procedures.registry import REGISTRY, UnknownProcedureError

    listing = table("procedure", "title", "risk", "parameters", "looked into")
    for entry in program.procedures:
        try:
            title = REGISTRY.meta(entry.id).title
        except UnknownProcedureError:
            title = "not in the catalogue"
        parameters = ", ".join(f"{name}={value}" for name, value in entry.parameters.items())
        listing.add_row(entry.id, title, entry.risk, parameters or "-", "yes" if entry.investigate else "-")
    console().print(listing)


@app.command()
def understand(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you want tested, in your own words.")],
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """What rules make of a request, without starting anything: programme, period, and what is asked of the plan."""
    from audit_agent.cli.asked import print_asked, understood
    from audit_agent.cli.printing import console, print_json
    from audit_agent.settings import load_settings

    asked = understood(text, None, load_settings().programs_folder)
    if as_json:
        print_json(asked)
    else:
        print_asked(console(), asked, asked.period)


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A programme of your own, in YAML.")],
) -> None:
    """Check a programme of one's own: its form, and that the catalogue has its procedures and parameters."""
    from audit_agent.cli.printing import console
    from audit_agent.domain.wording import counted
    from audit_agent.programs import load_program
    from audit_agent.programs.checking import check_program

    program = load_program(str(file))
    check_program(program)
    procedures, risks = counted(len(program.procedures), "procedure"), counted(len(program.risks), "risk")
    console().print(f"The programme {program.id} is valid: {procedures} for {risks}.")
