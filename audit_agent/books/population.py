"""The items of a population that a sample is drawn from: a table of the books, or a file of its own."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.importing import import_books
from audit_agent.books.mapping import load_mapping
from audit_agent.books.survey import file_digest
from audit_agent.books.tables import FrozenTables, Tables
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.period import parse_period
from audit_agent.domain.record import Digest

SOURCE_FILE, SOURCE_ROW = "Source_File", "Source_Row"
_DIGEST = "Source_File_SHA256"
_CENT = Decimal("0.01")
_MOST_PLACES = 30


class PopulationError(BadInputError):
    """No population can be read from this file or these books."""


@dataclass(frozen=True)
class Population:
    """Items in the order of their source: amounts, and rows with `Source_File` and `Source_Row`.

    `digests` names every source file and its SHA-256.
    """

    amounts: list[Decimal]
    rows: pa.Table
    digests: dict[str, Digest]


def population_of_books(
    path: Path,
    table: str,
    amount: str,
    evidence: Evidence,
    where: Mapping[str, str],
    period: str | None = None,
    mapping: Path | None = None,
) -> Population:
    """Rows of a canonical table within the period whose columns have the values of `where`, by source file and row.

    Raises PopulationError for a column that is not there or carries no amounts, and for amounts of several currencies;
    besides whatever the import raises.
    """
    wanted = parse_period(period) if period else None
    _, manifest = import_books(path, evidence, load_mapping(mapping) if mapping else None)
    with FrozenTables(manifest, evidence, wanted) as tables:
        return population_of_table(tables, table, amount, where, str(path))


def population_of_table(
    tables: Tables, table: str, amount: str, where: Mapping[str, str], named: str = "the books"
) -> Population:
    """Like `population_of_books`, of books that are open; `named` is how messages call them."""
    if not tables.has(table):
        raise PopulationError(f"The books carry no table {table}.", "Draw from a table that they carry.")
    found = tables.table(table)
    if amount not in found.columns or not found[amount].type().is_decimal():
        amounts = ", ".join(name for name in found.columns if found[name].type().is_decimal())
        raise PopulationError(f"{table} has no amounts in a column {amount}.", f"Its columns of amounts: {amounts}.")
    rows = _only(found, table, where).order_by([SOURCE_FILE, SOURCE_ROW]).to_pyarrow()
    _refuse_currencies(rows, amount)
    sources = rows.select([SOURCE_FILE, _DIGEST]).group_by([SOURCE_FILE, _DIGEST]).aggregate([]).to_pylist()
    values = [_trimmed(value) if value is not None else Decimal(0) for value in rows.column(amount).to_pylist()]
    kept = [name for name in rows.column_names if name != _DIGEST and rows.column(name).null_count < rows.num_rows]
    return _population(values, rows.select(kept), {one[SOURCE_FILE]: Digest(one[_DIGEST]) for one in sources}, named)


def _only(rows: ibis.Table, table: str, where: Mapping[str, str]) -> ibis.Table:
    if unknown := [column for column in where if column not in rows.columns]:
        raise PopulationError(f"{table} has no column {unknown[0]}.", f"It has: {', '.join(rows.columns)}.")
    return rows.filter([rows[column].cast("string") == value for column, value in where.items()]) if where else rows


def _refuse_currencies(rows: pa.Table, amount: str) -> None:
    for column in (f"{amount}_Currency", "Amount_Currency"):
        if column in rows.column_names:
            codes = sorted(code for code in rows.column(column).unique().to_pylist() if code)
            if len(codes) > 1:
                raise PopulationError(
                    f"The amounts are of several currencies: {', '.join(codes)}.",
                    f"Draw from one at a time, such as --where {column}={codes[0]}.",
                )
            return


def population_of_file(path: Path, amount: str) -> Population:
    """Rows of a CSV (UTF-8, with a header) or Parquet file; `Source_Row` counts from 1 with the header.

    Raises PopulationError when it cannot be read, lacks the column, or has a value there that is no number.
    """
    if path.suffix.lower() == ".parquet":
        rows = _parquet(path)
        places = list(range(2, rows.num_rows + 2))
    else:
        rows, places = read_csv(path)
    if amount not in rows.column_names:
        raise PopulationError(f"{path.name} has no column {amount}.", f"It has: {', '.join(rows.column_names)}.")
    values = [number(value, path, row) for row, value in zip(places, rows.column(amount).to_pylist(), strict=True)]
    own = [name for name in rows.column_names if name not in (SOURCE_FILE, SOURCE_ROW)]
    numbered = rows.select(own).append_column(SOURCE_FILE, pa.array([path.name] * rows.num_rows, pa.string()))
    numbered = numbered.append_column(SOURCE_ROW, pa.array(places, pa.int64()))
    return _population(values, numbered, {path.name: file_digest(path)}, str(path))


def read_csv(path: Path) -> tuple[pa.Table, list[int]]:
    """A CSV file as columns of text, and the row of each record; blank lines are passed over.

    Fields are separated by the comma, semicolon or tab that the header has most of. Raises PopulationError for a
    file that cannot be read, or whose rows do not fit its header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            delimiter = max(",;\t", key=header.count)
            lines = [
                (row, line)
                for row, line in enumerate(csv.reader(file, delimiter=delimiter, strict=True), start=1)
                if line
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    if not lines:
        raise PopulationError(f"{path} is empty.", "Give a file with a header and rows.")
    (_, names), *records = lines
    if len(set(names)) < len(names):
        raise PopulationError(f"{path.name} names a column twice.", "Give each column a name of its own.")
    for row, record in records:
        if len(record) != len(names):
            raise PopulationError(
                f"{path.name}, row {row} has {len(record)} fields, the header {len(names)}.", "Correct the file."
            )
    columns = {name: [record[place] for _, record in records] for place, name in enumerate(names)}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), [r for r, _ in records]


def number(value: object, path: Path, row: int) -> Decimal:
    """A cell as a number; an empty one is 0. Raises PopulationError for one that is none."""
    text = "" if value is None else str(value).strip()
    if not text:
        return Decimal(0)
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found.adjusted()) > _MOST_PLACES:
        raise PopulationError(
            f"{path.name}, row {row}: {text!r} is no number.", "Write amounts like -1234.56, without other signs."
        )
    return found


def _trimmed(amount: Decimal) -> Decimal:
    """Without zeros behind the second decimal."""
    short = amount.quantize(_CENT)
    return short if short == amount else amount.normalize()


def _parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> PopulationError:
    # An OSError's own text has the number that the operating system gives it.
    told = (error.strerror if isinstance(error, OSError) else None) or str(error).splitlines()[0]
    return PopulationError(f"{path} cannot be read: {told}.", "Give a CSV file in UTF-8, or Parquet.")


def _population(values: list[Decimal], rows: pa.Table, digests: dict[str, Digest], named: str) -> Population:
    if not values:
        raise PopulationError(f"{named} has no rows to draw from.", "Check the path, the table and the period.")
    return Population(values, rows, digests)
