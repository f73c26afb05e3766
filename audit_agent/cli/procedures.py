"""`audit-agent procedures`: the catalogue of tests, and one of them run over books."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit_agent.domain.catalogue import ParameterSpec
    from audit_agent.domain.plan import PlanStep
    from audit_agent.domain.workpaper import Dismissed, Workpaper
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.reading import AuditStatus

app = typer.Typer(no_args_is_help=True, help="The catalogue of tests.")

_JSON = typer.Option("--json", help="Print it as JSON.")
_SHOWN = 20


@app.command("list")
def list_procedures(as_json: Annotated[bool, _JSON] = False) -> None:
    """Every procedure there is."""
    from audit_agent.cli.printing import console, print_json, table
    from audit_agent.procedures.registry import REGISTRY

    entries = REGISTRY.procedures()
    if as_json:
        print_json([entry.model_dump(mode="json") for entry in entries])
        return
    listing = table("id", "title", "reads", "false positives")
    for entry in entries:
        needed = ", ".join(need.table for need in entry.inputs if need.required)
        listing.add_row(entry.id, entry.title, needed, entry.false_positive_risk)
    console().print(listing)


@app.command()
def show(
    procedure: Annotated[str, typer.Argument(metavar="ID", help="Like JE-02.")],
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """What one procedure does, what it needs and what can be set."""
    from audit_agent.cli.printing import console, print_json, table
    from audit_agent.procedures.registry import REGISTRY

    entry = REGISTRY.meta(procedure)
    if as_json:
        print_json(entry)
        return
    out = console()
    out.print(f"{entry.id} {entry.title} (version {entry.version})\n\n{entry.purpose}\n\nStandard: {entry.standard}")
    for need in entry.inputs:
        word = "Needs" if need.required else "Uses where there is one"
        more = f"; uses {', '.join(need.optional_columns)}" if need.optional_columns else ""
        out.print(f"{word}: {need.table} ({', '.join(need.columns)}{more})")
    out.print(f"False positives: {entry.false_positive_risk}. {entry.false_positives}\n")
    if entry.dismissals:
        rules = table("dismissed by", "where", "because")
        for rule in entry.dismissals:
            rules.add_row(rule.id, rule.title, rule.because)
        out.print(rules)
    parameters = table("parameter", "default", "takes", "meaning")
    for spec in entry.parameters:
        parameters.add_row(spec.name, spec.default or "-", _takes(spec), spec.description)
    out.print(parameters)


@app.command()
def run(
    procedure: Annotated[str, typer.Argument(metavar="ID", help="Like JE-02, or the YAML file of a test of your own.")],
    books: Annotated[Path, typer.Option("--books", help="A file or a folder with the books.")],
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="May be given several times.")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2025, 2025-Q3, 2025-10 or 2025-01-01..2025-06-30.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A mapping file that says which column is what.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the workpaper as JSON.")] = False,
) -> None:
    """Run one procedure over books and print its workpaper. Nothing is kept."""
    from audit_agent.cli.printing import print_json
    from audit_agent.cli.quantities import as_pairs
    from audit_agent.procedures.registry import REGISTRY
    from audit_agent.procedures.trial import try_procedure
    from audit_agent.programs import load_test

    own = procedure.endswith((".yaml", ".yml"))
    entry = load_test(Path(procedure)) if own else REGISTRY.get(procedure)
    trial = try_procedure(entry, as_pairs(parameter or [], "-p"), books, period, mapping)
    if as_json:
        print_json(trial.workpaper.model_dump(mode="json") | {"seconds": f"{trial.seconds:.3f}"})
    else:
        _print(trial.workpaper, trial.seconds)


@app.command()
def items(
    audit: AuditArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step of a sample, like S12.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to, like items.csv.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write the items of a sample that an audit drew, with a column to fill in; its answer is the filled file."""
    from audit_agent.books.importing import load_manifest
    from audit_agent.books.sample_files import Drawn, write_selection
    from audit_agent.books.schema import schema_of
    from audit_agent.books.tables import FrozenTables
    from audit_agent.cli.store import open_audit
    from audit_agent.domain.errors import BadInputError, NotFoundError
    from audit_agent.domain.wording import counted
    from audit_agent.procedures.sampled import draw
    from audit_agent.procedures.smp_03_sample import PROCEDURE
    from audit_agent.settings import load_settings
    from audit_agent.store.audits import Audits
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.reading import audit_status

    if output.exists() and not force:
        raise BadInputError(f"{output} exists already; audited values in it would be lost.", "Use -o, or add --force.")
    settings = load_settings()
    evidence = FolderEvidence(settings.evidence_folder)
    with open_audit(settings, audit) as (database, known):
        status, request = audit_status(database, known), Audits(database).request(known)
    planned, books = [one for one in _planned(evidence, status) if one.id == step], status.books
    if not planned or planned[-1].procedure != PROCEDURE.id or books is None:
        raise NotFoundError(f"Step {step!r} of {audit} is no sample.", "`audit-agent reviews --full` shows which are.")
    wanted = PROCEDURE.parameters.parse(PROCEDURE.id, planned[-1].parameters).wanted
    with FrozenTables(load_manifest(books, evidence), evidence, request.period) as tables:
        sample = draw(tables, wanted)
    drawn = Drawn(str(schema_of(wanted.table).amount), wanted.table, wanted.where, str(request.period or ""))
    record = write_selection(sample.selection, sample.population, drawn, output)
    typer.echo(f"{output}: {counted(record.chosen_items, 'item')}. Fill in Audited_Value and answer with the file.")


@app.command()
def save(
    audit: AuditArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step of a test that is a query, like S12.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to, like my-test.yaml.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Save a test that an audit made up as a file, to run it again or name it in a programme of your own."""
    import yaml

    from audit_agent.cli.report import write_whole
    from audit_agent.cli.store import open_audit
    from audit_agent.domain.errors import NotFoundError
    from audit_agent.settings import load_settings
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.reading import audit_status

    settings = load_settings()
    evidence = FolderEvidence(settings.evidence_folder)
    with open_audit(settings, audit) as (database, known):
        planned = _planned(evidence, audit_status(database, known))
    tests = [one.query for one in planned if one.id == step and one.query is not None]
    test = tests[-1] if tests else None
    if test is None:
        raise NotFoundError(f"Step {step!r} of {audit} is no query.", "`audit-agent reviews --full` shows which are.")
    text = yaml.safe_dump(test.model_dump(exclude={"tried"}), sort_keys=False, allow_unicode=True, width=100)
    write_whole(output, text.encode(), replace=force)
    typer.echo(output)


def _planned(evidence: "FolderEvidence", status: "AuditStatus") -> "Iterator[PlanStep]":
    """The steps of every version of the plan, the newest last."""
    from audit_agent.domain.plan import Plan
    from audit_agent.store.words import DraftKind

    for draft in status.drafts:
        if draft.kind is DraftKind.PLAN:
            yield from Plan.model_validate_json(evidence.read(draft.digest)).steps


def _takes(spec: "ParameterSpec") -> str:
    bounds = [f"from {spec.minimum}"] if spec.minimum is not None else []
    bounds += [f"to {spec.maximum}"] if spec.maximum is not None else []
    kind = " | ".join(spec.choices) if spec.choices else spec.type
    kind = f"list of {kind}" if spec.type == "list" and spec.choices else kind
    return ", ".join([kind, *([spec.unit] if spec.unit else []), *([" ".join(bounds)] if bounds else [])])


def _print(paper: "Workpaper", seconds: float) -> None:
    from audit_agent.cli.printing import console, table
    from audit_agent.domain.money import show as show_amount

    out = console()
    out.print(f"{paper.procedure} {paper.title}\n\n{paper.conclusion}\n")
    figures = table("figure", "value")
    for name, value in paper.statistics.items():
        figures.add_row(name, value)
    if paper.statistics:
        out.print(figures)
    if paper.top:
        listing = table("ref", "score", "amount", "why", "source")
        for item in paper.top[:_SHOWN]:
            amount = show_amount(item.amount, item.currency) if item.amount is not None else "-"
            first = item.sources[0]
            more = f" + {item.source_count - 1:,} more" if item.source_count > 1 else ""
            listing.add_row(item.ref, f"{item.score:f}", amount, item.reason, f"{first.file}:{first.row}{more}")
        out.print(listing)
    if paper.exception_count > _SHOWN:
        out.print(f"+ {paper.exception_count - _SHOWN:,} more; --json prints the first 50 and the SQL that lists all.")
    if paper.dismissed is not None:
        _print_dismissed(paper.dismissed)
    out.print(f"{seconds:.2f} s")


def _print_dismissed(dismissed: "Dismissed") -> None:
    from audit_agent.cli.printing import console, table

    rules = table("dismissed by", "where", "exceptions", "rows", "because")
    for rule in dismissed.by:
        rules.add_row(rule.rule, rule.title, f"{rule.count:,}", f"{rule.lines:,}", rule.because)
    console().print(rules)
