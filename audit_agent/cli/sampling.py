"""`audit-agent sample-size`, `select` and `evaluate`: statistical sampling from plan to projection."""

import secrets
import tempfile
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.quantities import as_amount, as_pairs, as_percent
from audit_agent.domain.errors import BadInputError
from audit_agent.statistics.sampling import Likelihood
from audit_agent.statistics.selection import SelectionMethod, Units

if TYPE_CHECKING:
    from audit_agent.books.population import Population
    from audit_agent.books.sample_files import Drawn

_JSON = typer.Option("--json", help="Print JSON.")
_CONFIDENCE = typer.Option("--confidence", metavar="PERCENT", help="50 to 99.9.")
_SEEDS = 10**12


def sample_size(
    tolerable: Annotated[
        str, typer.Option("--tolerable", help="A rate like 5%; with --book-value also an amount like 50000.")
    ],
    expected: Annotated[str, typer.Option("--expected", help="The rate or amount expected to be found.")] = "0",
    confidence: Annotated[str, _CONFIDENCE] = "95",
    likelihood: Annotated[
        Likelihood | None,
        typer.Option("--likelihood", help="binomial for attributes, poisson for money, if not given."),
    ] = None,
    population: Annotated[
        int | None,
        typer.Option("--population", min=1, max=10**12, help="Number of items, for hypergeometric attributes."),
    ] = None,
    book_value: Annotated[
        str | None, typer.Option("--book-value", metavar="AMOUNT", help="Sample monetary units of this total.")
    ] = None,
    currency: Annotated[str, typer.Option("--currency", help="Whose smallest unit the interval is rounded to.")] = "",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """How many items to look at: for attributes, or with --book-value for monetary units."""
    from audit_agent.cli.sampling_output import show
    from audit_agent.statistics.sample_size import attributes_size, monetary_unit_size

    level = as_percent(confidence, "--confidence")
    if book_value is None:
        if likelihood is Likelihood.HYPERGEOMETRIC and population is None:
            raise BadInputError("Hypergeometric sizes depend on how many items there are.", "Give --population.")
        limit, likely = as_percent(tolerable, "--tolerable"), as_percent(expected, "--expected")
        plan = attributes_size(limit, likely, level, likelihood or Likelihood.BINOMIAL, population)
        asked = {"tolerable_percent": limit, "expected_percent": likely}
    else:
        whole = as_amount(book_value, "--book-value")
        limit, likely = as_amount(tolerable, "--tolerable", whole), as_amount(expected, "--expected", whole)
        plan = monetary_unit_size(whole, limit, likely, level, likelihood or Likelihood.POISSON, currency)
        asked = {"tolerable": limit, "expected": likely}
    show(plan, as_json, asked | {"confidence": level})


def select(
    amount: Annotated[str, typer.Option("--amount", metavar="COLUMN", help="The column of book values.")] = "Amount",
    books: Annotated[Path | None, typer.Option("--books", help="A file or a folder with the books.")] = None,
    table: Annotated[str, typer.Option("--table", help="The canonical table of the books.")] = "GL_Detail",
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="COLUMN=VALUE", help="Only these rows of the books. May be given several times."
        ),
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A CSV or Parquet file instead of books.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2025, 2025-Q3, 2025-10 or 2025-01-01..2025-06-30; for books.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A mapping file that says which column is what; for books.")
    ] = None,
    method: Annotated[
        SelectionMethod, typer.Option("--method", help="How to choose.")
    ] = SelectionMethod.FIXED_INTERVAL,
    units: Annotated[
        Units, typer.Option("--units", help="What has equal chances: each unit of money, or each item.")
    ] = Units.MONEY,
    size: Annotated[int | None, typer.Option("--size", min=1, help="How many to draw; gives the interval.")] = None,
    interval: Annotated[str | None, typer.Option("--interval", help="Units between two draws, if not --size.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Repeats a selection; drawn if not given.")] = None,
    start: Annotated[str | None, typer.Option("--start", help="The first unit of fixed intervals.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="The chosen items; the record is beside.")] = Path(
        "sample.csv"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace the files if they exist.")] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Choose items of a table or file, and record how, so that anybody can choose the same again."""
    from audit_agent.books.population import population_of_file
    from audit_agent.books.sample_files import Drawn, record_path, write_selection
    from audit_agent.cli.sampling_output import show
    from audit_agent.statistics.selection import select as choose

    if (books is None) == (file is None):
        raise BadInputError("It is not clear what to choose from.", "Give either --books or --file.")
    if file is not None and file.exists() and output.exists() and file.samefile(output):
        raise BadInputError(f"{output} is the population itself.", "Give another name with -o.")
    if (size is None) == (interval is None):
        raise BadInputError("It is not clear how many to choose.", "Give either --size or --interval.")
    if not force and (there := [path for path in (output, record_path(output)) if path.exists()]):
        raise BadInputError(
            f"{' and '.join(map(str, there))} exists already; audited values in it would be lost.",
            "Give another name with -o, or add --force.",
        )
    if file is not None and (where or period or mapping):
        raise BadInputError("--where, --period and --mapping are for books.", "Leave them out with --file.")
    drawn = Drawn(amount, table if books else None, as_pairs(where or [], "--where"), period)
    population = population_of_file(file, amount) if file else _of_books(Path(str(books)), drawn, mapping)
    step = _interval(population, units, size) if size else as_amount(str(interval), "--interval")
    number = secrets.randbelow(_SEEDS) if seed is None else seed
    begin = None if start is None else as_amount(start, "--start")
    chosen = choose(population.amounts, method, step, number, begin, units)
    show(write_selection(chosen, population, drawn, output), as_json)


def _of_books(books: Path, drawn: "Drawn", mapping: Path | None) -> "Population":
    from audit_agent.books.population import population_of_books
    from audit_agent.store.evidence import FolderEvidence

    with tempfile.TemporaryDirectory(prefix="audit-agent-") as folder:
        evidence = FolderEvidence(Path(folder))
        table = str(drawn.table)
        return population_of_books(books, table, drawn.amount_column, evidence, drawn.where, drawn.period, mapping)


def _interval(population: "Population", units: Units, size: int) -> Decimal:
    """Units per draw, rounded down to the hundredth of money or the ten-thousandth of an item."""
    if units is Units.ITEMS:
        return (Decimal(len(population.amounts)) / size).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
    value = sum((one for one in population.amounts if one > 0), Decimal(0))
    return (value / size).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
