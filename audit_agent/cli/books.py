"""`audit-agent books`: look at books before an audit runs over them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console

    from audit_agent.books.check import BooksCheck, FileCheck

app = typer.Typer(no_args_is_help=True, help="Look at books before an audit runs over them.")


@app.callback()
def books() -> None:
    """Look at books before an audit runs over them."""


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="A file or folder with CSV, XML, MT940 (also .gz), XLSX or Parquet.")],
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file instead of mapping.yaml beside the books.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    write: Annotated[
        bool, typer.Option("--write-mapping", help="Write the proposed mapping to mapping.yaml beside the books.")
    ] = False,
) -> None:
    """Show what would be imported, what maps to what, and what is refused and why."""
    from audit_agent.books.check import check_books, write_mapping
    from audit_agent.books.mapping import load_mapping

    result = check_books(path, load_mapping(mapping) if mapping else None)
    written = write_mapping(result, path) if write else None
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        _show(result)
    if written:
        typer.echo(f"The mapping is written to {written}.", err=as_json)


def _show(result: "BooksCheck") -> None:
    from rich.console import Console

    console = Console()
    for item in result.files:
        _show_file(console, item)
    if result.ignored:
        console.print("[bold]Ignored[/bold]")
        for ignored in result.ignored:
            console.print(f"  {ignored.name}: {ignored.reason}", markup=False)
    _show_rejects(console, result)


def _show_file(console: "Console", item: "FileCheck") -> None:
    from rich.table import Table
    from rich.text import Text

    file = item.file
    table = Table(title=Text(f"{file.name} is {file.table}"), title_justify="left")
    for heading in ("Field", "Column", "Confidence", "Values"):
        table.add_column(heading, justify="right" if heading == "Confidence" else "left")
    for column in item.columns:
        certainty = f"{column.confidence} % ({column.by})"
        table.add_row(*(Text(cell) for cell in (column.field, column.column, certainty, " | ".join(column.samples))))
    console.print(table)
    given, imported = file.source_totals, file.imported_totals
    console.print(f"  rows: {given.rows:,} in the file = {imported.rows:,} imported + {file.rejected_rows:,} refused")
    for side in ("debits", "credits"):
        source, kept = getattr(given, side), getattr(imported, side)
        if source is not None:
            shown = " = ".join((f"{_plain(source)} in the file", f"{_plain(kept)} imported"))
            console.print(f"  {side}: {shown} + {_plain(source - kept)} refused")
    if item.unmapped:
        console.print(f"  columns left out: {', '.join(item.unmapped)}", markup=False)
    for note in file.notes:
        console.print(f"  {note}", markup=False)
    console.print()


def _plain(amount: "Decimal") -> str:
    """An amount with every decimal it has, two at least."""
    whole, _, decimals = f"{amount:,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _show_rejects(console: "Console", result: "BooksCheck") -> None:
    from rich.table import Table
    from rich.text import Text

    from audit_agent.domain.wording import counted

    if not result.rejects:
        console.print("No row is refused.")
        return
    table = Table(title=counted(result.rejected_rows, "refused row"), title_justify="left")
    for heading in ("File", "Row", "Field", "Value", "Reason"):
        table.add_column(heading, justify="right" if heading == "Row" else "left")
    for reject in result.rejects:
        cells = (reject.file, str(reject.row), reject.field, reject.value, reject.reason)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if len(result.rejects) < result.rejected_rows:
        console.print(f"Only the first {len(result.rejects)} are shown.")
