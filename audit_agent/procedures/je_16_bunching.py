"""JE-16: amounts that occur more often than chance explains."""

from collections import Counter
from decimal import Decimal
from typing import Literal

import ibis
import pyarrow as pa

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import exponent, show
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import MONEY, TOTAL, in_keys, money, ten_thousandths
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_lines, of_sources
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.recurring import RECURRING_BECAUSE, with_regularity
from audit_agent.statistics.bunching import Bunch, BunchingResult, Part, bunching

_RECURRING = DismissalRule(id="recurring", title="Recurring schedule", because=RECURRING_BECAUSE)
_AMOUNTS = "Computed_Bunched_Amounts"
_SCHEMA = pa.schema(
    [
        ("bunch_currency", pa.string()),
        ("bunch_amount", pa.int64()),
        ("found", pa.int64()),
        ("expected", pa.decimal128(18, 4)),
        ("z", pa.decimal128(18, 4)),
    ]
)


class Parameters(ParameterSet):
    """Which amounts are tested, how sure is sure, and how many are listed."""

    side: Literal["debit", "credit", "both"] = parameter(
        "debit", "Which lines: one side counts each amount of a simple journal once."
    )
    minimum_amount: Decimal = parameter(
        Decimal(100), "Smallest amount that is looked at.", unit="books' currency", minimum="0.01"
    )
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")
    minimum_count: int = parameter(
        100, "With fewer amounts no judgement is given.", unit="amounts", minimum="2", maximum="1000000000"
    )
    permutations: int = parameter(
        10_000,
        "How often the last two digits are dealt out anew; fewer for millions of amounts, and where it is plain "
        "sooner that chance explains them.",
        unit="permutations",
        minimum="99",
        maximum="1000000",
    )
    seed: int = parameter(1, "Where the random numbers start.", minimum="0", maximum="4294967295")
    alpha: Decimal = parameter(
        Decimal("0.05"),
        "Amounts are listed where chance makes the population, and the amount itself, at most this likely.",
        minimum="0.0001",
        maximum="0.5",
    )
    list_amounts: int = parameter(
        10, "List the lines of this many amounts at most.", unit="amounts", minimum="0", maximum="1000"
    )
    dismiss: tuple[Literal["recurring"], ...] = dismiss_parameter(_RECURRING)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Amounts of the side, sources and size looked at."""
    lines = of_sources(journal_lines(books), parameters.sources)
    if parameters.side != "both":
        lines = lines.filter(lines.Amount_Credit_Debit_Indicator == ("D" if parameters.side == "debit" else "C"))
    return lines.filter(lines.Amount.abs() >= money(parameters.minimum_amount))


def _unit(currency: str) -> int:
    """How many ten-thousandths the last two digits of an amount span: 10,000 with cents, 1,000,000 without."""
    return int(10 ** (6 - exponent(currency)))


def _result(books: Books, parameters: Parameters) -> BunchingResult | None:
    """The test; None where there are too few amounts."""
    return books.once("bunching", lambda: _tested(books, parameters))


def _tested(books: Books, parameters: Parameters) -> BunchingResult | None:
    lines = population(books, parameters)
    amount = ten_thousandths(lines.Amount)
    rows = lines.group_by(Currency=lines.Currency, amount=amount).aggregate(copies=lines.count()).to_pyarrow()
    frequencies: Counter[tuple[Part, int]] = Counter()
    for currency, value, copies in zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True):
        leading, last = divmod(value, _unit(currency))
        frequencies[(currency, leading), last] += copies
    if frequencies.total() < parameters.minimum_count:
        return None
    return bunching(frequencies, parameters.permutations, parameters.seed)


def _bunched(books: Books, parameters: Parameters) -> pa.Table:
    """The amounts to list, the most bunched first; none where chance explains them."""
    result = _result(books, parameters)
    listed: tuple[Bunch, ...] = ()
    if result is not None and result.p <= parameters.alpha:
        unlikely = [one for one in result.bunches if one.p <= parameters.alpha]
        listed = tuple(unlikely[: parameters.list_amounts])
    rows = [
        {
            "bunch_currency": one.left[0],
            "bunch_amount": one.left[1] * _unit(one.left[0]) + one.right,
            "found": one.found,
            "expected": one.expected,
            "z": one.z,
        }
        for one in listed
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Every line of the bunched amounts; the exposure is what they post in all."""
    bunches = books.computed(_AMOUNTS, lambda: _bunched(books, parameters))
    lines = population(books, parameters)
    lines = lines.mutate(ten_thousandth=ten_thousandths(lines.Amount))
    rows = lines.inner_join(
        bunches, [lines.Currency == bunches.bunch_currency, lines.ten_thousandth == bunches.bunch_amount]
    )
    rows = with_regularity(
        rows,
        ["GL_Account_Number", "Currency", "ten_thousandth", "Amount_Credit_Debit_Indicator"],
        "Effective_Date",
        "Amount",
    )
    exposure = rows.Amount.abs().cast(TOTAL) * rows.found
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Amount ") + in_keys(rows.Amount.abs()) + " " + rows.Currency,
        amount=exposure,
        currency=rows.Currency,
        day=rows.Effective_Date,
        weight=rows.z,
        fields=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
        figures={
            "value": rows.Amount.abs().cast(MONEY),
            "found": rows.found,
            "expected": rows.expected,
            "z": rows.z,
        },
        dismissed=first_of(parameters.dismiss, {_RECURRING.id: rows.recurring}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """How often an amount occurs on average, and how likely that is by chance."""
    result = _result(books, parameters)
    if result is None:
        return Measures({"Judgement": f"none, fewer than {parameters.minimum_count:,} amounts"})
    judged = "more often than chance explains" if result.p <= parameters.alpha else "no more often than by chance"
    return Measures(
        {
            "Amounts": str(result.count),
            "Average frequency": f"{result.average_frequency:f}",
            "Average frequency by chance": f"{result.expected_frequency:f}",
            "Permutations": str(result.permutations),
            "p": f"{result.p:f}",
            "Judgement": f"amounts repeat {judged}",
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How often the amount occurs, and how often its digits explain."""
    amount = show(row["value"], row["exception_currency"])
    return (
        f"{amount} occurs {row['found']:,} times where its digits alone explain {row['expected']:,.2f} "
        f"(Z {row['z']:.2f}). They are lines to look at, not errors."
    )


def remark(found: Measures, parameters: Parameters) -> str:
    """The judgement on the population."""
    return f"Number bunching: {found.statistics['Judgement']}."


PROCEDURE = Procedure(
    id="JE-16",
    version="1",
    title="Amounts that repeat",
    purpose="Find amounts that occur more often than the spread of their digits explains, as invented and copied "
    "amounts do.",
    standard="ISA 240.A45(e); Simonsohn (2019), Number-Bunching",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=("Amount_Currency", "Source", "GL_Account_Number"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Usual prices, fees and instalments. It judges the population, never a single line.",
    wording=Wording(
        one="amount repeats more often than chance explains",
        many="amounts repeat more often than chance explains",
        none="No amounts are listed.",
    ),
    facts=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
    dismissals=(_RECURRING,),
)
