"""Dates: the one way a column writes them, decided over all its values."""

from dataclasses import dataclass

from audit_agent.books.forms import (
    BLANK_WORDS,
    Form,
    count_distinct_where,
    matches,
    trimmed,
    without_blank_words,
    written_back,
)
from audit_agent.books.source import RawTable
from audit_agent.books.workbench import Workbench, literal

_NO_DATE = rf"{BLANK_WORDS}|0+|00[./-]00[./-]0000|0000[./-]00[./-]00"
_TIME_OF_DAY = r"[T ]+\d{1,2}:\d{2}.*$"


@dataclass(frozen=True)
class _Style:
    order: str
    shown: str
    pattern: str
    strptime: str


_YEAR, _TWO = r"\d{4}", r"\d{1,2}"
_STYLES = (
    _Style("iso", "2025-12-31", rf"{_YEAR}-{_TWO}-{_TWO}", "%Y-%m-%d"),
    _Style("yyyymmdd", "20251231", rf"{_YEAR}\d{{4}}", "%Y%m%d"),
    _Style("iso", "2025/12/31", rf"{_YEAR}/{_TWO}/{_TWO}", "%Y/%m/%d"),
    _Style("iso", "2025.12.31", rf"{_YEAR}\.{_TWO}\.{_TWO}", "%Y.%m.%d"),
    _Style("dmy", "31.12.2025", rf"{_TWO}\.{_TWO}\.{_YEAR}", "%d.%m.%Y"),
    _Style("dmy", "31.12.25", rf"{_TWO}\.{_TWO}\.\d\d", "%d.%m.%y"),
    _Style("dmy", "31/12/2025", rf"{_TWO}/{_TWO}/{_YEAR}", "%d/%m/%Y"),
    _Style("mdy", "12/31/2025", rf"{_TWO}/{_TWO}/{_YEAR}", "%m/%d/%Y"),
    _Style("dmy", "31-12-2025", rf"{_TWO}-{_TWO}-{_YEAR}", "%d-%m-%Y"),
    _Style("mdy", "12-31-2025", rf"{_TWO}-{_TWO}-{_YEAR}", "%m-%d-%Y"),
    _Style("dmy", "31/12/25", rf"{_TWO}/{_TWO}/\d\d", "%d/%m/%y"),
    _Style("mdy", "12/31/25", rf"{_TWO}/{_TWO}/\d\d", "%m/%d/%y"),
    _Style("dmy", "31-Dec-2025", rf"{_TWO}-[A-Za-z]{{3}}-{_YEAR}", "%d-%b-%Y"),
    _Style("dmy", "31 Dec 2025", rf"{_TWO} [A-Za-z]{{3}} {_YEAR}", "%d %b %Y"),
    _Style("dmy", "31-Dec-25", rf"{_TWO}-[A-Za-z]{{3}}-\d\d", "%d-%b-%y"),
    _Style("mdy", "Dec 31, 2025", rf"[A-Za-z]{{3}} {_TWO}, {_YEAR}", "%b %d, %Y"),
)
_SERIAL = r"[1-9]\d{4}(\.\d*)?"


@dataclass(frozen=True)
class DateTally:
    """How many values of a column each style reads."""

    present: int
    untidy: int
    blank: int
    timed: int
    serials: int
    fitting: tuple[int, ...]

    @property
    def order(self) -> str | None:
        """`dmy` or `mdy` when the values prove one of them, else None."""
        orders = self._best_orders()
        return orders.pop() if len(orders) == 1 and orders <= {"dmy", "mdy"} else None

    @property
    def open_order(self) -> bool:
        """Day and month cannot be told apart."""
        return self._best_orders() == {"dmy", "mdy"}

    def _best_orders(self) -> set[str]:
        best = max(self.fitting)
        return {style.order for style, count in zip(_STYLES, self.fitting, strict=True) if best and count == best}


def tally_dates(bench: Workbench, raw: RawTable, column: str) -> DateTally:
    """Count, over the distinct values of a column, what each style can read."""
    head = _without_time("t")
    fits = [_reads(style, head) for style in _STYLES]
    present, untidy, blank, timed, serials, *fitting = count_distinct_where(
        bench, raw, column, [matches("t", _NO_DATE), f"{head} <> t", matches("t", _SERIAL), *fits]
    )
    return DateTally(present, untidy, blank, timed, serials, tuple(fitting))


def date_form(tally: DateTally, column: str, said: str | None, order_hint: str) -> Form:
    """The form of a column with this tally.

    `said` is an order from the mapping file; `order_hint` (`dmy` or `mdy`) is used, and noted, when no value
    has a day after the 12th.
    """
    text = trimmed(column) if tally.untidy else column
    if tally.blank:
        text = without_blank_words(text, _NO_DATE)
    head = _without_time(text) if tally.timed else text
    counts = [count if said in (None, style.order) else 0 for style, count in zip(_STYLES, tally.fitting, strict=True)]
    best = max(counts)
    if tally.serials > best and said is None:
        days = f"CAST(floor(CAST({text} AS DOUBLE)) AS INTEGER)"
        value = f"CASE WHEN {matches(text, _SERIAL)} THEN DATE '1899-12-30' + {days} END"
        return Form(text, value, "a day number as spreadsheets count them", "dates are day numbers of a spreadsheet")
    tied = [style for style, count in zip(_STYLES, counts, strict=True) if count == best]
    style = tied[0]
    note = ""
    if best and len(tied) > 1 and tied[0].pattern == tied[1].pattern:
        style = next(option for option in tied if option.order == order_hint)
        note = f"no day is after the 12th, so day and month cannot be told apart; read like {style.shown}"
    elif best and style.shown != "2025-12-31":
        note = f"dates are read like {style.shown}"
    all_fit = best == tally.present - tally.blank
    settled = best and all_fit and not (tally.untidy or tally.blank or tally.timed) and len(tied) == 1
    proof = _proof(style, column) if settled else ""
    return Form(text, _value(style, head, all_fit), f"a date like {style.shown}", note, proof)


def _proof(style: _Style, column: str) -> str:
    match style.strptime:
        case "%Y-%m-%d":
            # `infinity` is a date to DuckDB, and it writes it back so.
            return f"strlen({column}) = 10 AND {written_back(column, 'DATE')}"
        case "%Y%m%d":
            return f"strlen({column}) = 8"
        case _:
            return matches(column, style.pattern)


def _without_time(text: str) -> str:
    return f"regexp_replace({text}, {literal(_TIME_OF_DAY)}, '')"


def _reads(style: _Style, text: str) -> str:
    return f"{matches(text, style.pattern)} AND try_strptime({text}, {literal(style.strptime)}) IS NOT NULL"


def _value(style: _Style, head: str, all_fit: bool) -> str:
    parsed = f"try_strptime({head}, {literal(style.strptime)})"
    if all_fit and style.strptime == "%Y-%m-%d":
        return f"TRY_CAST({head} AS DATE)"
    if not all_fit:
        parsed = f"CASE WHEN {matches(head, style.pattern)} THEN {parsed} END"
    return f"CAST({parsed} AS DATE)"
