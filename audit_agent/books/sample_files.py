"""What a selection leaves behind: the chosen items as CSV, and a record from which they can be chosen again."""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from audit_agent.books.population import Population, PopulationError, number, read_csv
from audit_agent.books.survey import file_digest
from audit_agent.domain.record import Record, canonical_json
from audit_agent.statistics.evaluation import AuditedItem
from audit_agent.statistics.selection import Selection, SelectionMethod, Stratum, Units

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")

STRATUM, HITS, BOOK, AUDITED = "Stratum", "Hits", "Book_Value", "Audited_Value"


class SelectionRecord(Record):
    """How items were chosen, and from what; amounts in the currency of the population, values as in the books."""

    method: SelectionMethod
    units: Units
    interval: Decimal
    seed: int
    start: Decimal | None
    amount_column: str
    table: str | None
    where: dict[str, str]
    period: str | None
    sources: dict[str, str]
    """Source file -> SHA-256."""
    items: int
    value: Decimal
    top_items: int
    top_value: Decimal
    sampled_items: int
    sampled_value: Decimal
    hits: int
    chosen_items: int
    chosen_value: Decimal
    not_selectable: int
    not_selectable_value: Decimal
    formula: str
    standard: str
    catalogue: str
    chosen_file: str
    chosen_sha256: str


def record_path(chosen: Path) -> Path:
    """Where the record of a selection is kept: beside the chosen items."""
    return chosen.with_suffix(".json")


@dataclass(frozen=True)
class Drawn:
    """What was drawn from: the column of amounts, and for books the table, its rows and the period."""

    amount_column: str
    table: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    period: str | None = None


def write_selection(selection: Selection, population: Population, drawn: Drawn, target: Path) -> SelectionRecord:
    """Write the chosen items to `target` and their record beside it; raises PopulationError where it cannot."""
    if record_path(target) == target:
        raise PopulationError(f"{target} is where the record goes.", "Give a path that ends in .csv with -o.")
    try:
        _write_items(selection, population, target)
        record = SelectionRecord(
            method=selection.method,
            units=selection.units,
            interval=selection.interval,
            seed=selection.seed,
            start=selection.start,
            amount_column=drawn.amount_column,
            table=drawn.table,
            where=dict(drawn.where),
            period=drawn.period,
            sources=dict(population.digests),
            items=selection.items,
            value=selection.value,
            top_items=selection.top_items,
            top_value=selection.top_value,
            sampled_items=selection.sampled_items,
            sampled_value=selection.sampled_value,
            hits=selection.hits,
            chosen_items=len(selection.chosen),
            chosen_value=sum((population.amounts[one.place] for one in selection.chosen), Decimal(0)),
            not_selectable=selection.not_selectable,
            not_selectable_value=selection.not_selectable_value,
            formula=selection.basis.formula,
            standard=selection.basis.standard,
            catalogue=selection.basis.catalogue,
            chosen_file=target.name,
            chosen_sha256=file_digest(target),
        )
        pretty = json.dumps(json.loads(canonical_json(record)), indent=2, ensure_ascii=False)
        record_path(target).write_text(f"{pretty}\n", encoding="utf-8")
    except OSError as error:
        raise PopulationError(f"{target} cannot be written: {error.strerror}.", "Give another path with -o.") from error
    return record


def load_record(path: Path) -> SelectionRecord:
    """The record of a selection; raises PopulationError when the file is none."""
    try:
        return SelectionRecord.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise PopulationError(f"{path} is no record of a selection.", "Give the .json that `select` wrote.") from error


def audited_items(path: Path, book: str, audited: str) -> list[AuditedItem]:
    """Items with book and audited values, of a CSV file; `Hits` and `Stratum` are used where it has them.

    Raises PopulationError for a missing column, an item without an audited value, or a value that is no number.
    """
    rows, places = read_csv(path)
    for name in (book, audited):
        if name not in rows.column_names:
            raise PopulationError(f"{path.name} has no column {name}.", f"It has: {', '.join(rows.column_names)}.")
    return [_item(row, path, place, book, audited) for place, row in zip(places, rows.to_pylist(), strict=True)]


def _item(row: dict[str, Any], path: Path, place: int, book: str, audited: str) -> AuditedItem:
    if not row[audited].strip() or not row[book].strip():
        raise PopulationError(
            f"{path.name}, row {place} has no value in {audited if not row[audited].strip() else book}.",
            "Fill it in. What cannot be audited counts as wholly in error: write 0 (ISA 530.11).",
        )
    hits = number(row.get(HITS) or "1", path, place)
    if hits < 1 or hits != int(hits):
        raise PopulationError(f"{path.name}, row {place}: {hits:f} are no hits.", "Write how often it was drawn.")
    top = (row.get(STRATUM) or "").strip() == Stratum.TOP.value
    return AuditedItem(number(row[book], path, place), number(row[audited], path, place), int(hits), top)


def _harmless(value: object) -> str:
    """A cell as text. One that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    formula = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text


def _write_items(selection: Selection, population: Population, target: Path) -> None:
    rows = population.rows.take([one.place for one in selection.chosen])
    ours = (STRATUM, HITS, BOOK, AUDITED)
    names = [name for name in rows.column_names if name not in ours]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*ours, *names])
        for one, row in zip(selection.chosen, rows.to_pylist(), strict=True):
            cells = [_harmless(row[name]) for name in names]
            writer.writerow([one.stratum.value, one.hits, f"{population.amounts[one.place]:f}", "", *cells])
