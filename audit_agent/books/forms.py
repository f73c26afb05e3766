"""How a column's text becomes a value: the shape shared by all kinds, and the simple kinds."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit_agent.books.kinds import FALSE_WORDS, INDICATORS, TRUE_WORDS
from audit_agent.books.source import RawTable
from audit_agent.books.workbench import Workbench, literal

BLANK_WORDS = r"(?i)null|\\N|n/?a|#n/?a|nan|none|nil|-+"
"""What systems write where there is no value; only understood so in typed columns."""


@dataclass(frozen=True)
class Form:
    """How the text of one column is read, decided over all its values.

    `text` is SQL of the trimmed text, NULL where there is no value; `value` is SQL of the typed value,
    NULL where the text cannot be read.
    """

    text: str
    value: str
    name: str
    """What a good value is, for people: `a date like 31.12.2025`."""
    note: str = ""
    proof: str = ""
    """SQL that, true of every further value, shows that a decision made on the first rows holds for all.
    Empty where only the whole column can decide."""


def trimmed(column: str) -> str:
    """SQL of a column's text without surrounding blanks, NULL when nothing is left."""
    return f"nullif(trim({column}), '')"


def without_blank_words(text: str, words: str = BLANK_WORDS) -> str:
    """SQL that also takes words for `no value` as NULL."""
    return f"CASE WHEN regexp_full_match({text}, {literal(words)}) THEN NULL ELSE {text} END"


def matches(text: str, pattern: str) -> str:
    """SQL: the whole text matches."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def written_back(text: str, kind: str) -> str:
    """SQL: the typed value, written as DuckDB writes it, is the text itself. Stricter than a pattern, and cheaper."""
    return f"CAST(TRY_CAST({text} AS {kind}) AS VARCHAR) = {text}"


def count_where(bench: Workbench, raw: RawTable, text: str, conditions: Iterable[str]) -> tuple[int, ...]:
    """Values present, then how many meet each condition; conditions speak of `t`."""
    counted = ", ".join(["count(t)", *(f"count(*) FILTER ({condition})" for condition in conditions)])
    return tuple(int(count) for count in bench.one(f"SELECT {counted} FROM (SELECT {text} AS t FROM {raw.name})"))


def count_distinct_where(bench: Workbench, raw: RawTable, column: str, conditions: Iterable[str]) -> tuple[int, ...]:
    """The same over the trimmed distinct values of a column that repeats itself; much cheaper.

    The first count is of all values, the second of those with blanks around them.
    """
    sums = ", ".join(f"sum(n) FILTER ({condition})" for condition in conditions)
    row = bench.one(
        f"""
        WITH counted AS (SELECT {column} AS c, count(*) AS n FROM {raw.name} GROUP BY {column}),
        tidied AS (SELECT {trimmed("c")} AS t, c, n FROM counted)
        SELECT sum(n) FILTER (t IS NOT NULL), sum(n) FILTER (t IS DISTINCT FROM c), {sums} FROM tidied
        """
    )
    return tuple(int(count or 0) for count in row)


def text_form(bench: Workbench, raw: RawTable, column: str) -> Form:
    """Text as written, without surrounding blanks."""
    _, untidy = count_where(bench, raw, column, [_untidy("t")])
    text = trimmed(column) if untidy else column
    return Form(text, text, "text", proof="" if untidy else f"NOT ({_untidy(column)})")


def _untidy(text: str) -> str:
    """SQL: it is empty, or begins or ends with a blank. All that sorts before `!` is empty or begins with a blank."""
    return f"{text} < '!' OR suffix({text}, ' ')"


def integer_form(bench: Workbench, raw: RawTable, column: str) -> Form:
    """Whole numbers; `7`, `007` and `7.0` are the same."""
    pattern = r"[+-]?\d{1,9}(\.0*)?"
    conditions = [matches("t", pattern), written_back("t", "INTEGER")]
    present, untidy, good, same = count_distinct_where(bench, raw, column, conditions)
    if good == present:
        text = trimmed(column) if untidy else column
        proof = "" if untidy else written_back(column, "INTEGER") if same == present else matches(column, pattern)
        return Form(text, f"TRY_CAST({text} AS INTEGER)", "a whole number", proof=proof)
    # DuckDB's own cast also takes 1.5, 0x1F and 1_000, so it is only asked once the pattern has agreed.
    text = without_blank_words(trimmed(column))
    return Form(text, f"CASE WHEN {matches(text, pattern)} THEN TRY_CAST({text} AS INTEGER) END", "a whole number")


def boolean_form(column: str) -> Form:
    """Yes and no in several languages."""
    text = without_blank_words(trimmed(column))
    word = f"upper(strip_accents({text}))"
    return Form(
        text,
        f"CASE WHEN {_among(word, TRUE_WORDS)} THEN true WHEN {_among(word, FALSE_WORDS)} THEN false END",
        "yes or no",
        proof="true",
    )


def indicator_form(bench: Workbench, raw: RawTable, column: str) -> Form:
    """Debit or credit as `D` or `C`, spelled out for the words the column uses."""
    words = [word for (word,) in bench.run(f"SELECT DISTINCT {column} FROM {raw.name} ORDER BY ALL LIMIT 1000") if word]
    read = {word: INDICATORS.get(word.strip().upper()) for word in words}
    cases = " ".join(f"WHEN {literal(word)} THEN '{side}'" for word, side in read.items() if side)
    value = f"CASE {column} {cases} END" if cases else "CAST(NULL AS VARCHAR)"
    return Form(trimmed(column), value, "a sign for debit or credit (D, C, S, H, Soll, Haben, ...)", proof="true")


def time_form(bench: Workbench, raw: RawTable, column: str) -> Form:
    """A time of day: `10:12`, `10:12:05`, `9:05 PM`, the time of a timestamp, `101205`, or `1012`."""
    clock = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
    conditions = [matches("t", clock), written_back("t", "TIME"), matches("t", r"\d{1,6}"), "length(t) > 4"]
    present, untidy, good, same, digits, long = count_distinct_where(bench, raw, column, conditions)
    if good == present:
        text = trimmed(column) if untidy else column
        proof = written_back(column, "TIME") if present == same and not untidy else ""
        return Form(text, f"TRY_CAST({text} AS TIME)", "a time like 10:12:05", proof=proof)
    text = without_blank_words(trimmed(column))
    if digits * 2 > present:
        return _digits_time(text, 6 if long else 4)
    stamp = rf"(?:.*[T ])?({clock})\s?([AaPp][Mm])?(?:Z|[+-]\d\d:?\d\d)?"
    time = f"TRY_CAST(regexp_extract({text}, {literal(stamp)}, 1) AS TIME)"
    half = f"lower(regexp_extract({text}, {literal(stamp)}, 5))"
    hour = f"extract('hour' FROM {time})"
    shift = f"CASE WHEN {half} = 'pm' AND {hour} < 12 THEN 12 WHEN {half} = 'am' AND {hour} = 12 THEN -12 ELSE 0 END"
    value = f"CASE WHEN {matches(text, stamp)} THEN {time} + to_hours({shift}) END"
    return Form(text, value, "a time like 10:12:05")


def _digits_time(text: str, width: int) -> Form:
    """Times written as numbers lose their leading zeros on the way: `90036` is 09:00:36."""
    padded = f"lpad({text}, {width}, '0')"
    colons = r"\1:\2:\3" if width == 6 else r"\1:\2"
    pattern = r"([01]\d|2[0-3])([0-5]\d)" + (r"([0-5]\d)" if width == 6 else "")
    clock = f"regexp_replace({padded}, {literal('^' + pattern + '$')}, {literal(colons)})"
    value = f"CASE WHEN length({text}) <= {width} AND {matches(padded, pattern)} THEN TRY_CAST({clock} AS TIME) END"
    return Form(text, value, "a time like 101205" if width == 6 else "a time like 1012")


def _among(text: str, words: Iterable[str]) -> str:
    return f"{text} IN ({', '.join(literal(word) for word in sorted(words))})"
