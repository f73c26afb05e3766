"""`audit-agent documents`: look at a set of documents before an audit relies on it, and at audits that read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.reading import pause, resume, retry, status

if TYPE_CHECKING:
    from rich.console import Console

    from audit_agent.documents.analysis import DocumentOutcome
    from audit_agent.documents.check import SetCheck, Told
    from audit_agent.documents.reading.result import DocumentResult

app = typer.Typer(no_args_is_help=True, help="Look at documents, and at audits that read them.")
for command in (status, pause, resume, retry):
    app.command()(command)

_LIMIT = 1000


@app.callback()
def documents() -> None:
    """Look at documents before an audit relies on them, and at audits that read them."""


@app.command()
def check(
    given: Annotated[
        str,
        typer.Argument(metavar="SET", help="A folder, a pattern, a .txt or .csv list, or s3://bucket/prefix."),
    ],
    books: Annotated[
        Path | None, typer.Option("--books", help="A file or folder with the books to compare with.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Read at most so many, from the first on.")] = _LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read documents by rules and show what they say, and whether the books say the same. Nothing is kept.

    A document that cannot be had or read is listed with its reason. Addresses on this machine and in private networks
    are refused.
    """
    from audit_agent.documents.check import check_documents

    with _progress() as told:
        result = check_documents(given, books, limit, told)
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        _show(result, compared=books is not None)


@contextmanager
def _progress() -> Iterator["Told"]:
    """A bar on a terminal, nothing elsewhere; beside the output, so that this can go into a file."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    out = Console(stderr=True)
    columns = (TextColumn("Documents"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, wanted: bar.update(task, completed=done, total=wanted)


def _show(result: "SetCheck", compared: bool) -> None:
    from audit_agent.cli.printing import console

    out = console()
    _show_set(out, result)
    for outcome in result.outcomes:
        _show_outcome(out, outcome)
    out.print()
    if len(result.outcomes) < result.count:
        out.print(f"Only the first {len(result.outcomes):,} of {result.count:,} are read; --limit sets how many.")
    out.print(_totals(result, compared))


def _show_set(out: "Console", result: "SetCheck") -> None:
    from audit_agent.domain.wording import counted

    out.print(f"{counted(result.count, 'document')}, {counted(result.size, 'byte')} where the size is known")
    for one in result.media_types:
        out.print(f"  {one.media_type}: {one.count:,}")
    if result.rejected:
        out.print(f"{counted(result.rejected, 'entry', 'entries')} of the set refused")
        for reject in result.rejects:
            place = reject.file if reject.row is None else f"{reject.file}, line {reject.row}"
            _line(out, f"  {place}: {reject.reason}")
        if len(result.rejects) < result.rejected:
            out.print(f"  Only the first {len(result.rejects)} are shown.")
    out.print()


def _show_outcome(out: "Console", outcome: "DocumentOutcome") -> None:
    from audit_agent.domain.wording import counted

    result = outcome.result
    if outcome.failure or result is None:
        _line(out, f"{outcome.entry.source}: {outcome.failure}")
        return
    _line(out, f"{outcome.entry.source}: {_said(result)}")
    unread = len(outcome.attachments) - len(outcome.inside) - _holds_own_data(result)
    notes = [f"It holds {counted(unread, 'document')}, not read."] if unread else []
    for note in (*result.problems, *result.remarks, *notes):
        _line(out, f"  {note}")
    if outcome.books is not None:
        row = "" if outcome.books.source_file is None else f" ({outcome.books.source_file}:{outcome.books.source_row})"
        _line(out, f"  {outcome.books.verdict}{row}: {outcome.books.reason}")
    for one in outcome.inside:
        _show_outcome(out, one)


def _holds_own_data(result: "DocumentResult") -> bool:
    """Its fields were read from a file inside it."""
    quoted = result.total.quotation or result.invoice_number.quotation
    return quoted is not None and bool(quoted.place.inside)


def _said(result: "DocumentResult") -> str:
    """Kind, number, date and total, each only where the document supports it."""
    from audit_agent.domain.money import show

    kind = result.kind.value.value if result.kind.value is not None else "of no kind that is known"
    number = f" {result.invoice_number.value}" if result.invoice_number.value is not None else " without number"
    dated = f" of {result.invoice_date.value}" if result.invoice_date.value is not None else " without date"
    currency = result.currency.value or ""
    total = show(result.total.value, currency) if result.total.value is not None else "no total"
    fields = result.fields()
    supported = sum(field.supported for field in fields)
    return f"{kind}{number}{dated}, {total}; {supported} of {len(fields)} fields supported"


def _totals(result: "SetCheck", compared: bool) -> str:
    from audit_agent.documents.reading.vouching import Verdict

    everything = [one for outcome in result.outcomes for one in outcome.with_inside()]
    read = [outcome for outcome in everything if outcome.read]
    failed = len(everything) - len(read)
    line = f"{len(read):,} read, {failed:,} not read"
    if compared:
        verdicts = [outcome.books.verdict for outcome in read if outcome.books is not None]
        counts = ", ".join(f"{verdict} {verdicts.count(verdict):,}" for verdict in Verdict)
        line += f"; against the books: {counts}"
    return f"{line}."


def _line(out: "Console", text: str) -> None:
    """A line with words of strangers in it: whole, and without the controls that would change the terminal."""
    from audit_agent.reports.wording import visible

    out.print(visible(text).replace("\n", "⟨U+000A⟩").replace("\r", "⟨U+000D⟩"), soft_wrap=True)
