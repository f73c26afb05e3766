"""Bar charts of expected against found, as plain geometry that a template draws as SVG."""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from audit_agent.reports.parts import SeriesPart

WIDTH, HEIGHT = 680, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 24
_LABELS = 20
_LINES = 4


class Bar(NamedTuple):
    """One category: a bar for what was found, a tick for what was expected. Lengths in SVG units."""

    x: str
    y: str
    width: str
    height: str
    expected_y: str
    expected_end: str
    middle: str
    label: str
    """Empty where there is no room for one."""
    text: str


class GridLine(NamedTuple):
    """A horizontal line and the value it stands for."""

    y: str
    label: str


class BarChart(NamedTuple):
    """A whole chart."""

    title: str
    bars: tuple[Bar, ...]
    grid: tuple[GridLine, ...]
    right: int = WIDTH - _RIGHT
    left: int = _LEFT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def bar_chart(series: SeriesPart) -> BarChart | None:
    """A chart of a series that pairs an expected with a found column; None for any other series."""
    pair = _pair(series.columns)
    if pair is None or not series.rows:
        return None
    try:
        found = [_decimal(row[pair[0]]) for row in series.rows]
        expected = [_decimal(row[pair[1]]) for row in series.rows]
    except InvalidOperation:
        return None
    top = max(*found, *expected)
    if top <= 0 or min(*found, *expected) < 0:
        return None
    return BarChart(series.title, _bars(series, pair, found, expected, top), _grid(top))


def _pair(columns: tuple[str, ...]) -> tuple[int, int] | None:
    """Columns of one measure: `Found share` goes with `Expected share`."""
    expected = {_rest(name, "expected"): index for index, name in enumerate(columns) if "expected" in name.lower()}
    for word in ("found", "actual", "observed"):
        for index, name in enumerate(columns):
            if word in name.lower() and (partner := expected.get(_rest(name, word))) is not None:
                return index, partner
    return None


def _rest(name: str, word: str) -> str:
    return name.lower().replace(word, "").strip(" _")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("%", "").strip())


def _bars(
    series: SeriesPart, pair: tuple[int, int], found: list[Decimal], expected: list[Decimal], top: Decimal
) -> tuple[Bar, ...]:
    slot = Decimal(WIDTH - _LEFT - _RIGHT) / len(found)
    width = slot * Decimal("0.7")
    every = -(-len(found) // _LABELS)
    bars = []
    for index, row in enumerate(series.rows):
        x = _LEFT + slot * index + (slot - width) / 2
        y = _height(found[index], top)
        bars.append(
            Bar(
                x=_text(x),
                y=_text(y),
                width=_text(width),
                height=_text(HEIGHT - _BOTTOM - y),
                expected_y=_text(_height(expected[index], top)),
                expected_end=_text(x + width),
                middle=_text(x + width / 2),
                label=row[0] if index % every == 0 else "",
                text=f"{row[0]}: found {row[pair[0]]}, expected {row[pair[1]]}",
            )
        )
    return tuple(bars)


def _grid(top: Decimal) -> tuple[GridLine, ...]:
    values = (top * step / _LINES for step in range(_LINES + 1))
    return tuple(GridLine(_text(_height(value, top)), _label(value, top)) for value in values)


def _label(value: Decimal, top: Decimal) -> str:
    return f"{value:,.0f}" if top >= 20 else f"{value:.1f}" if top >= 2 else f"{value:.3f}"


def _height(value: Decimal, top: Decimal) -> Decimal:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _text(value: Decimal) -> str:
    return f"{value:.1f}"
