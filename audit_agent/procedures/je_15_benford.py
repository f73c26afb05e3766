"""JE-15: digits of amounts after Benford's law."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import Series
from audit_agent.procedures.digits import digits
from audit_agent.procedures.exact import MONEY, money, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_lines, of_sources
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.statistics.benford import Conformity, DigitResult, DigitTest, digit_test

_TESTS = (DigitTest.FIRST, DigitTest.FIRST_TWO, DigitTest.SECOND, DigitTest.LAST_TWO)
_TITLES = {
    DigitTest.FIRST: "First digit",
    DigitTest.FIRST_TWO: "First two digits",
    DigitTest.SECOND: "Second digit",
    DigitTest.LAST_TWO: "Last two digits",
}


class Parameters(ParameterSet):
    """Which amounts are tested, and from how many on digits tell anything."""

    side: Literal["debit", "credit", "both"] = parameter(
        "debit", "Which lines: one side counts each amount of a simple journal once."
    )
    minimum_amount: Decimal = parameter(
        Decimal(10), "Smaller amounts have no two leading digits of their own.", unit="books' currency", minimum="0.01"
    )
    minimum_count: int = parameter(
        1_000, "With fewer amounts no judgement is given.", unit="amounts", minimum="1", maximum="1000000000"
    )
    list_digits: int = parameter(
        0,
        "When the first two digits do not conform, list the lines behind this many pairs found too often. Benford "
        "judges populations: such lines are where to look, not errors.",
        unit="pairs of digits",
        minimum="0",
        maximum="10",
    )
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Amounts of the side, sources and size looked at."""
    lines = of_sources(journal_lines(books), parameters.sources)
    if parameters.side != "both":
        lines = lines.filter(lines.Amount_Credit_Debit_Indicator == ("D" if parameters.side == "debit" else "C"))
    return lines.filter(lines.Amount.abs() >= money(parameters.minimum_amount))


def _result(test: DigitTest, books: Books, parameters: Parameters) -> DigitResult:
    lines = population(books, parameters)
    counts = lines.group_by(digit=digits(lines, test)).aggregate(number=lines.count()).to_pyarrow().to_pylist()
    return digit_test(test, {row["digit"]: row["number"] for row in counts})


def measures(books: Books, parameters: Parameters) -> Measures:
    """MAD, chi-square and largest Z of each test, with found and expected shares as series."""
    statistics: dict[str, str] = {}
    series = []
    for test in _TESTS:
        result = _result(test, books, parameters)
        largest = max(result.rows, key=lambda row: row.z)
        title = _TITLES[test]
        statistics |= {
            f"{title}: amounts": str(result.count),
            f"{title}: MAD": f"{result.mad:f}",
            f"{title}: judgement": _judgement(result, parameters),
            f"{title}: chi-square ({result.degrees_of_freedom} degrees of freedom)": f"{result.chi_square:f}",
            f"{title}: largest Z": f"{largest.z:f} at {largest.digits}",
        }
        series.append(_series(title, result))
    return Measures(statistics, tuple(series))


def _judgement(result: DigitResult, parameters: Parameters) -> str:
    if result.count < parameters.minimum_count:
        return f"none, fewer than {parameters.minimum_count:,} amounts"
    if result.conformity is None:
        return "evenly spread" if result.fits_chi_square else "not evenly spread (chi-square, 5%)"
    return result.conformity.value


def _series(title: str, result: DigitResult) -> Series:
    rows = tuple(
        (row.digits, str(row.count), f"{row.found:f}", f"{row.expected:f}", f"{row.z:f}") for row in result.rows
    )
    return Series(title=title, columns=("Digits", "Count", "Found", "Expected", "Z"), rows=rows)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of the pairs of leading digits found too often, if asked for and the population does not conform."""
    result = _result(DigitTest.FIRST_TWO, books, parameters)
    judged = result.count >= parameters.minimum_count and result.conformity is Conformity.NONE
    excessive = sorted((row for row in result.rows if row.found > row.expected), key=lambda row: (-row.z, row.digits))
    listed = excessive[: parameters.list_digits] if judged else []
    lines = population(books, parameters)
    lines = lines.mutate(pair=digits(lines, DigitTest.FIRST_TWO))
    rows = lines.filter(lines.pair.isin([row.digits for row in listed]))
    rows = rows.mutate(pair_lines=rows.count().over(ibis.window(group_by="pair")))
    none = money(Decimal(0))
    found = {row.digits: row for row in listed}
    z = _by_pair(rows, {pair: row.z for pair, row in found.items()}) if listed else none
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Amounts beginning with ") + rows.pair,
        # The sum of the lines is no exposure: the law judges how often digits occur, not a single amount.
        amount=no_amount(),
        currency=ibis.null("string"),
        day=rows.Effective_Date,
        weight=z,
        fields=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
        figures={
            "pair": rows.pair,
            "z": z,
            "lines": rows.pair_lines,
            "found": _by_pair(rows, {pair: row.found * 100 for pair, row in found.items()}) if listed else none,
            "expected": _by_pair(rows, {pair: row.expected * 100 for pair, row in found.items()}) if listed else none,
        },
    )


def _by_pair(rows: ibis.Table, values: dict[str, Decimal]) -> ibis.Value:
    cases = ((rows.pair == pair, money(round(value, 4))) for pair, value in values.items())
    return ibis.cases(*cases, else_=ibis.null(MONEY))


def reason(row: Row, parameters: Parameters) -> str:
    """Both shares of the pair."""
    return (
        f"{counted(row['lines'], 'amount begins', 'amounts begin')} with {row['pair']}: {row['found']:.2f}% where "
        f"{row['expected']:.2f}% is expected (Z {row['z']:.2f}). They are lines to look at, not errors."
    )


def remark(found: Measures, parameters: Parameters) -> str:
    """The judgement on each test."""
    parts = (f"{_TITLES[test].lower()} {found.statistics[f'{_TITLES[test]}: judgement']}" for test in _TESTS)
    return f"Benford's law: {'; '.join(parts)}."


PROCEDURE = Procedure(
    id="JE-15",
    version="1",
    title="Digits after Benford's law",
    purpose="Compare the leading and last digits of amounts with what is expected of amounts nobody invented.",
    standard="ISA 240.A45; Nigrini (2012), chapters 5-8",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=("Amount_Currency", "Source"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="very high",
    false_positives="Amounts with a minimum, a maximum or a usual price; recurring amounts. It judges the population, "
    "never a single line.",
    wording=Wording(
        one="pair of leading digits is listed as found too often",
        many="pairs of leading digits are listed as found too often",
        none="No lines are listed.",
    ),
    facts=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
)
