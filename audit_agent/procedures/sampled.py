"""A sample of a table of the books: chosen again whenever it is needed, and what auditors found of its items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from audit_agent.books.population import (
    SOURCE_FILE,
    SOURCE_ROW,
    Population,
    PopulationError,
    number,
    population_of_table,
    read_csv,
)
from audit_agent.books.sample_files import AUDITED, BOOK
from audit_agent.books.schema import schema_of
from audit_agent.books.tables import Tables
from audit_agent.statistics.evaluation import AuditedItem
from audit_agent.statistics.sample_size import monetary_unit_size
from audit_agent.statistics.selection import Chosen, Selection, SelectionMethod, Stratum, Units, select

_NEEDED = (SOURCE_FILE, SOURCE_ROW, BOOK, AUDITED)
_SCHEMA = pa.schema(
    [
        ("sample_file", pa.string()),
        ("sample_row", pa.int64()),
        ("stratum", pa.string()),
        ("hits", pa.int64()),
        ("book", pa.decimal128(18, 4)),
        ("audited", pa.decimal128(18, 4)),
    ]
)


@dataclass(frozen=True)
class Wanted:
    """How a sample is drawn: from which rows, and how sure it is to be of how much misstatement."""

    table: str
    where: Mapping[str, str]
    tolerable: Decimal
    expected: Decimal
    confidence: Decimal
    method: SelectionMethod
    seed: int


@dataclass(frozen=True)
class Sample:
    """The items, and their audited values by place where somebody handed them in."""

    population: Population
    selection: Selection
    audited: Mapping[int, Decimal] | None = None

    @property
    def items(self) -> list[AuditedItem]:
        """Every chosen item with its audited value; none where nothing was handed in."""
        if self.audited is None:
            return []
        return [
            AuditedItem(
                self.population.amounts[one.place], self.audited[one.place], one.hits, one.stratum is Stratum.TOP
            )
            for one in self.selection.chosen
        ]

    def rows(self) -> pa.Table:
        """The items as they are kept."""
        return pa.Table.from_pylist([self._row(one) for one in self.selection.chosen], schema=_SCHEMA)

    def _row(self, one: Chosen) -> dict[str, object]:
        file, row = _place(self.population, one.place)
        return {
            "sample_file": file,
            "sample_row": row,
            "stratum": one.stratum.value,
            "hits": one.hits,
            "book": self.population.amounts[one.place],
            "audited": None if self.audited is None else self.audited[one.place],
        }


def draw(tables: Tables, wanted: Wanted) -> Sample:
    """Choose items by units of money; the same books and wishes give the same items.

    Items as large as the interval, or larger, are all chosen. Raises PopulationError and SamplingError.
    """
    amount = schema_of(wanted.table).amount
    if amount is None:
        raise PopulationError(f"{wanted.table} has no column of book values.", "Draw from a table that has one.")
    population = population_of_table(tables, wanted.table, amount, wanted.where)
    value = sum((one for one in population.amounts if one > 0), Decimal(0))
    plan = monetary_unit_size(value, wanted.tolerable, wanted.expected, wanted.confidence)
    interval = plan.interval or value
    chosen = select(population.amounts, wanted.method, interval, wanted.seed, units=Units.MONEY)
    return Sample(population, chosen)


def with_audited(sample: Sample, files: Sequence[Path]) -> Sample:
    """The sample with the audited values of these files; as it was where there are none.

    Raises PopulationError where a file lacks an item, has one that was not chosen, or another book value.
    """
    if not files:
        return sample
    given = {place: values for path in files for place, values in _values(path).items()}
    places = {_place(sample.population, one.place): one.place for one in sample.selection.chosen}
    if missing := [place for place in places if place not in given]:
        file, row = missing[0]
        raise PopulationError(
            f"{len(missing):,} of {len(places):,} items have no audited value, such as {file}:{row}.",
            "Audit every item. What cannot be audited counts as wholly in error: write 0 (ISA 530.11).",
        )
    if strange := [place for place in given if place not in places]:
        raise PopulationError(
            f"{strange[0][0]}:{strange[0][1]} is no item of this sample.",
            "Fill in the file that `procedures items` wrote.",
        )
    for key, place in places.items():
        if given[key][0] != sample.population.amounts[place]:
            raise PopulationError(
                f"{key[0]}:{key[1]} has the book value {given[key][0]:f}; in the books it is "
                f"{sample.population.amounts[place]:f}.",
                "Leave book values as they were, and write what was found into the column of audited values.",
            )
    return Sample(sample.population, sample.selection, {place: given[key][1] for key, place in places.items()})


def _values(path: Path) -> dict[tuple[str, int], tuple[Decimal, Decimal]]:
    """Book and audited value by source file and row."""
    rows, lines = read_csv(path)
    if missing := [name for name in _NEEDED if name not in rows.column_names]:
        raise PopulationError(
            f"The file handed in has no column {', '.join(missing)}.", "Fill in the file that `procedures items` wrote."
        )
    found = {}
    for line, row in zip(lines, rows.select(_NEEDED).to_pylist(), strict=True):
        if row[AUDITED].strip():
            place = row[SOURCE_FILE], int(number(row[SOURCE_ROW], path, line))
            found[place] = number(row[BOOK], path, line), number(row[AUDITED], path, line)
    return found


def _place(population: Population, place: int) -> tuple[str, int]:
    rows = population.rows
    return rows[SOURCE_FILE][place].as_py(), rows[SOURCE_ROW][place].as_py()
