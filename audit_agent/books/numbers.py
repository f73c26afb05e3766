"""Amounts and quantities: which sign separates the decimals, decided over the whole column."""

from collections.abc import Callable

from audit_agent.books.forms import Form, count_where, matches, trimmed, without_blank_words
from audit_agent.books.source import RawTable
from audit_agent.books.workbench import Workbench, literal

_BLANKS = r"\s\x{A0}\x{202F}"
_CURRENCY = rf"^(?:[A-Z]{{3}}|[€$£¥])[{_BLANKS}]?|[{_BLANKS}]?(?:[A-Z]{{3}}|[€$£¥])$"
_GROUPED_BY_DOTS = r"[+-]?\d{1,3}(\.\d{3})+"


def number_form(
    bench: Workbench,
    raw: RawTable,
    column: str,
    scale: int,
    decimal: str | None = None,
    comma_hint: Callable[[], bool] = lambda: False,
    rounding: bool = False,
) -> Form:
    """Decide how a column writes numbers.

    `scale` is how many decimals are kept: a value with more is refused unless `rounding`, because rounding it
    in silence would make the control totals wrong. `decimal` is what a person said; `comma_hint` what the file's
    other columns suggest and is asked only when the column itself leaves it open.
    """
    plain = rf"[+-]?\d{{1,14}}(\.\d{{0,{scale}}}0*)?"
    present, good = count_where(bench, raw, column, [matches("t", plain)])
    open_question = decimal is None and good == present and _might_be_thousands(bench, raw, column)
    if good == present and decimal != "," and not (open_question and comma_hint()):
        note = "dots are read as decimal points; they might separate thousands" if open_question else ""
        proof = "" if open_question else _proof(bench, raw, column, plain)
        return Form(column, f"TRY_CAST({column} AS DECIMAL(18,{scale}))", _name(".", scale), note, proof)
    text = trimmed(column)
    chosen, note = (decimal, "") if decimal else _decide(bench, raw, text, comma_hint)
    return _written_with(chosen, text, scale, rounding, note)


def _proof(bench: Workbench, raw: RawTable, column: str, plain: str) -> str:
    """Where no dot has shown yet what it is, none may follow."""
    dotted = bench.run(f"SELECT 1 FROM {raw.name} WHERE contains({column}, '.') LIMIT 1")
    return matches(column, plain) if dotted else f"{matches(column, plain)} AND NOT contains({column}, '.')"


def _might_be_thousands(bench: Workbench, raw: RawTable, column: str) -> bool:
    """Every dot has three digits behind it: `1.234` is either more than one or more than a thousand."""
    dotted = f"SELECT 1 FROM {raw.name} WHERE contains({column}, '.')"
    if not bench.run(f"{dotted} LIMIT 1"):
        return False
    return not bench.run(f"{dotted} AND NOT {matches(column, _GROUPED_BY_DOTS)} LIMIT 1")


def decimal_comma(bench: Workbench, raw: RawTable, columns: list[str]) -> bool | None:
    """Whether these columns, taken together, write decimal commas; None when they leave it open."""
    dots = commas = 0
    for column in columns:
        _, dot, comma = count_where(bench, raw, trimmed(column), [_fits(".", 30), _fits(",", 30)])
        dots, commas = dots + dot, commas + comma
    return None if dots == commas else commas > dots


def _decide(bench: Workbench, raw: RawTable, text: str, comma_hint: Callable[[], bool]) -> tuple[str, str]:
    _, dot, comma = count_where(bench, raw, text, [_fits(".", 30), _fits(",", 30)])
    if dot == comma:
        sign = "," if comma_hint() else "."
        return sign, f"dots or commas might separate decimals or thousands; {sign!r} is taken for the decimal sign"
    return (",", "") if comma > dot else (".", "")


def _fits(decimal: str, scale: int) -> str:
    return matches(_bare("t"), _pattern(decimal, scale))


def _bare(text: str) -> str:
    return f"regexp_replace({text}, {literal(_CURRENCY)}, '', 'g')"


def _pattern(decimal: str, scale: int) -> str:
    separator, point = (r"\.", ",") if decimal == "," else (",", r"\.")
    fraction = rf"({point}\d{{0,{scale}}}0*)?"
    body = rf"((\d{{1,3}}([{separator}'\x{{2019}}{_BLANKS}]\d{{3}})+|\d+){fraction}|{point}\d{{1,{scale}}}0*)"
    return rf"\({body}\)|[+-]?[{_BLANKS}]?{body}|{body}[{_BLANKS}]?-"


def _written_with(decimal: str, text: str, scale: int, rounding: bool, note: str) -> Form:
    text = without_blank_words(text)
    bare = _bare(text)
    digits = f"regexp_replace({bare}, {literal(f'[^0-9{decimal}]')}, '', 'g')"
    if decimal == ",":
        digits = f"replace({digits}, ',', '.')"
    sign = f"CASE WHEN regexp_matches({bare}, '^[(-]|-$') THEN '-' ELSE '' END"
    pattern = _pattern(decimal, 30 if rounding else scale)
    value = f"CASE WHEN {matches(bare, pattern)} THEN TRY_CAST({sign} || {digits} AS DECIMAL(18,{scale})) END"
    return Form(text, value, _name(decimal, scale), note)


def _name(decimal: str, scale: int) -> str:
    sign = "comma" if decimal == "," else "point"
    return f"a number with a decimal {sign} and at most {scale} decimals"
