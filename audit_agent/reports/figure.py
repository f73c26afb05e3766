"""Figures and their REFs: the name by which any number in a report is traced back to its source rows.

The grammar of a REF, the same in every format:

| REF | figure |
|---|---|
| `S03.population` | rows step S03 tested |
| `S03.exceptions.count`, `.lines`, `.amount` | what step S03 flagged, the source rows behind it, and their amount |
| `S03.statistics.share-flagged` | one statistic of step S03, by its name |
| `S03.series.1` | the first table of figures behind step S03's statistics |
| `S03-E00012`, `S03-E00012.amount` | one exception, and its amount |
| `F-01.count`, `F-01.amount` | the exceptions behind a finding, and their amount |
| `H-01.amount` | one payment hold |
| `materiality.basis`, `.overall`, `.performance`, `.trivial` | materiality |
| `books.TABLE.rows`, `.debits`, `.credits` | a canonical table |
| `sources.1.rows`, `.imported`, `.rejected` | rows of the first source file: given, imported, refused |
| `sources.1.debits.given`, `.debits.imported`, `.credits.given`, `.credits.imported` | its control totals |
| `totals.NAME` | a sum over the whole report |
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from audit_agent.domain.money import quantize
from audit_agent.domain.record import Record
from audit_agent.reports.errors import UnknownFigureError

_NOT_IN_REF = re.compile(r"[^a-z0-9]+")


class Figure(Record):
    """A number a reader may ask the origin of."""

    ref: str
    value: Decimal
    unit: str
    """What is counted (`rows`, `exceptions`, ...), or the currency of an amount."""
    money: bool = False


class Statistic(Record):
    """A result of a procedure, as the procedure writes it."""

    ref: str
    name: str
    value: str


def count(ref: str, value: int, unit: str) -> Figure:
    """A figure that counts things."""
    return Figure(ref=ref, value=Decimal(value), unit=unit)


def money(ref: str, value: Decimal, currency: str) -> Figure:
    """A figure that is an amount."""
    return Figure(ref=ref, value=_plain(value, currency), unit=currency, money=True)


def money_if_any(ref: str, value: Decimal | None, currency: str) -> Figure | None:
    """A figure that is an amount; None where there is no amount."""
    return None if value is None else money(ref, value, currency)


def slug(name: str) -> str:
    """A name as part of a REF: `Largest Z (first digits)` is `largest-z-first-digits`."""
    return _NOT_IN_REF.sub("-", name.lower()).strip("-")


def figures(part: Record) -> Iterator[Figure | Statistic]:
    """Every figure in a report, or in a part of one, in reading order."""
    for name in type(part).model_fields:
        yield from _figures_in(getattr(part, name))


def find_figure(part: Record, ref: str) -> Figure | Statistic:
    """The figure of that REF; raises UnknownFigureError when there is none."""
    for figure in figures(part):
        if figure.ref == ref:
            return figure
    raise UnknownFigureError(ref)


def _figures_in(value: object) -> Iterator[Figure | Statistic]:
    if isinstance(value, Figure | Statistic):
        yield value
    elif isinstance(value, Record):
        yield from figures(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _figures_in(item)


def _plain(value: Decimal, currency: str) -> Decimal:
    """The amount at its currency's decimal places, or unrounded where it has more: one value, one text form."""
    rounded = quantize(value, currency)
    return rounded if rounded == value else Decimal(f"{value.normalize():f}")
