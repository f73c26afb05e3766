"""CLS-02: accounts that are far from what was expected of them."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import ibis
import pyarrow as pa

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.flux import Basis, Expectation, Flux, Place, Threshold, compare
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.trial_balances import Account, Words, account_series, by_unit, placed

_WITH_REVENUE = DismissalRule(
    id="with-revenue",
    title="Moved with revenue",
    because="In every earlier period the account was the same share of revenue, and it is so in this one: revenue, "
    "which is tested on its own, explains it.",
)
_FLUX = "Computed_Flux"
_AMOUNT = pa.decimal128(38, 4)
_SCHEMA = pa.schema(
    [
        ("flux_account", pa.string()),
        ("flux_unit", pa.string()),
        ("flux_currency", pa.string()),
        ("flux_year", pa.int64()),
        ("flux_number", pa.int64()),
        ("actual", _AMOUNT),
        ("expected", _AMOUNT),
        ("gap", _AMOUNT),
        ("per_mille", pa.int64()),
        ("basis", pa.string()),
        ("earlier", pa.int64()),
        ("follows_revenue", pa.bool_()),
    ]
)
_FIGURES = ("actual", "expected", "gap", "per_mille", "basis", "earlier")
_BASES: dict[Basis, str] = {
    "given": "the amount given in the books",
    "year_before": "the same period of the year before",
    "earlier_periods": "earlier periods",
}


class Parameters(ParameterSet):
    """What is expected, and which difference from it stands out."""

    expectation: Expectation = parameter(
        "best",
        "What is expected: amounts given (a budget, say), the same period of the year before, or earlier periods: "
        "their mean for accounts of the result, the last balance for others. Best is the first of these there is.",
    )
    percent: Decimal = parameter(
        Decimal(10), "Smallest difference that stands out, of what is expected.", unit="percent", minimum="0",
        maximum="1000",
    )  # fmt: skip
    minimum_amount: Decimal = parameter(
        Decimal(0),
        "Only differences above this stand out; plans set performance materiality.",
        unit="books' currency",
        minimum="0",
    )
    most_periods: int = parameter(
        12, "A mean is taken of at most this many earlier periods.", unit="periods", minimum="3", maximum="60"
    )
    natural_signs: bool = parameter(
        False, "Amounts given are signed as statements show them: revenue, liabilities and equity above zero."
    )
    balance_words: tuple[str, ...] = parameter(
        (
            *("asset", "liabil", "equity", "bank", "cash", "receivable", "payable", "inventor", "aktiva", "passiva"),
            *("vermögen", "verbindlich", "kapital", "actif", "passif", "attiv", "passiv"),
        ),
        "Words in an account's type that mark accounts of the balance sheet, whose balances are compared; movements of "
        "all others are.",
    )
    revenue_words: tuple[str, ...] = parameter(
        ("revenue", "sales", "turnover", "umsatz", "ventes"), "Words in the chart that mark revenue."
    )
    no_revenue_words: tuple[str, ...] = parameter(
        ("cost of", "expense", "payable", "receivable", "asset"), "Words of accounts that are no revenue all the same."
    )
    credit_words: tuple[str, ...] = parameter(
        ("revenue", "income", "liabil", "equity", "ertrag", "erlös", "verbindlich", "produit", "passif"),
        "Words in an account's type that mark the side of statements which stands in credit; a contra account of it is "
        "below zero in a budget with natural signs.",
    )
    dismiss: tuple[Literal["with-revenue"], ...] = dismiss_parameter(_WITH_REVENUE)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Rows of the trial balance within the audit's period."""
    rows = placed(books.whole("Trial_Balance"), books)
    if books.period is None:
        return rows
    if books.filled("Trial_Balance", "Balance_As_Of_Date"):
        first, last = (ibis.date(day.isoformat()) for day in (books.period.start, books.period.end))
        return rows.filter(rows.Balance_As_Of_Date.between(first, last))
    years = rows.year.between(books.period.start.year, books.period.end.year)
    return rows.filter((rows.year == 0) | years)


def _compared(books: Books, parameters: Parameters) -> dict[tuple[Account, Place], Flux | None]:
    """Every figure of the audit's period with its expectation, None where there is none."""
    words = Words(
        parameters.balance_words, parameters.revenue_words, parameters.no_revenue_words, parameters.credit_words
    )
    series = account_series(books, words, natural_signs=parameters.natural_signs)
    tested = population(books, parameters).select("year", "number").distinct().to_pyarrow().to_pylist()
    places = {Place(row["year"], row["number"]) for row in tested}
    threshold = _threshold(parameters)
    return {
        (account, place): compare(one, place, parameters.expectation, parameters.most_periods, threshold)
        for account, one in series.items()
        for place in sorted(places & one.values.keys())
    }


def _threshold(parameters: Parameters) -> Threshold:
    return Threshold(parameters.percent, parameters.minimum_amount)


def _all(books: Books, parameters: Parameters) -> dict[tuple[Account, Place], Flux | None]:
    return books.once("flux", lambda: _compared(books, parameters))


def _standing_out(books: Books, parameters: Parameters) -> pa.Table:
    threshold, rows = _threshold(parameters), []
    for (account, place), flux in _all(books, parameters).items():
        if flux is not None and threshold.exceeded(flux.actual, flux.expected):
            share = abs(flux.gap) * 1_000 / abs(flux.expected) if flux.expected else None
            figures = (_decimal(flux.actual), _decimal(flux.expected), _decimal(flux.gap))
            per_mille = None if share is None else int(share)
            rest = (per_mille, flux.basis, flux.periods, flux.follows_revenue)
            rows.append(dict(zip(_SCHEMA.names, (*account, *place, *figures, *rest), strict=True)))
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(round(number * 10_000)).scaleb(-4)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Balances behind each difference that stands out, the largest first."""
    found = books.computed(_FLUX, lambda: _standing_out(books, parameters))
    rows = population(books, parameters)
    rows = rows.inner_join(
        found,
        [
            rows.GL_Account_Number == found.flux_account,
            rows.unit == found.flux_unit,
            rows.Currency == found.flux_currency,
            rows.year == found.flux_year,
            rows.number == found.flux_number,
        ],
    )
    unit = ibis.ifelse(rows.unit == "", "", ibis.literal(" of unit ") + rows.unit)
    when = ibis.literal(", ") + rows.year.cast("string") + "/" + rows.number.cast("string") + " in "
    return flagged(
        rows,
        table="Trial_Balance",
        key=ibis.literal("Account ") + rows.GL_Account_Number + unit + when + rows.Currency,
        # No exposure: a difference from an expectation is no misstatement, and both sides of an entry would count.
        amount=no_amount(),
        currency=ibis.null("string"),
        day=rows.Balance_As_Of_Date,
        weight=rows.gap.abs(),
        fields=("GL_Account_Number", "Fiscal_Year", "Period"),
        figures={name: rows[name] for name in ("flux_currency", *_FIGURES)},
        dismissed=first_of(parameters.dismiss, {_WITH_REVENUE.id: rows.follows_revenue}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many figures were compared with which expectation, and how many had none."""
    found = _all(books, parameters)
    bases = Counter(flux.basis for flux in found.values() if flux is not None)
    statistics = {f"Figures compared with {text}": str(bases[name]) for name, text in _BASES.items()}
    statistics["Figures without an expectation, not tested"] = str(sum(1 for flux in found.values() if flux is None))
    statistics["Compared by business unit"] = "yes" if by_unit(books) else "no"
    if not books.filled("Chart_Of_Accounts", "Account_Type"):
        statistics["Accounts of the result"] = "the books tell no types of accounts; the movement of each is compared"
    return Measures(statistics)


def reason(row: Row, parameters: Parameters) -> str:
    """What it shows, what was expected, and how far the two are apart."""
    currency = row["flux_currency"]
    basis = _BASES[row["basis"]]
    if row["basis"] == "earlier_periods":
        basis = "the period before" if row["earlier"] == 1 else f"the mean of {row['earlier']:,} earlier periods"
    share = "" if row["per_mille"] is None else f" or {Decimal(row['per_mille']) / 10:,.1f}%"
    when = "" if row["Fiscal_Year"] is None else f" in {row['Fiscal_Year']}"
    when = f" in period {row['Period']} of {row['Fiscal_Year']}" if row["Period"] is not None else when
    return (
        f"Account {row['GL_Account_Number']} shows {show(row['actual'], currency)}{when}, where "
        f"{show(row['expected'], currency)} was expected from {basis}: {show(abs(row['gap']), currency)}{share} apart."
    )


def remark(found: Measures, parameters: Parameters) -> str:
    """What stands out, so that nobody takes the difference itself for an error."""
    above = f" and above {show(parameters.minimum_amount)}" if parameters.minimum_amount else ""
    return (
        f"Differences of at least {parameters.percent:f}%{above} from the expectation stand out. They ask for an "
        "explanation and for evidence of it; they are no misstatements yet."
    )


PROCEDURE = Procedure(
    id="CLS-02",
    version="1",
    title="Analytical review of balances against expectations",
    purpose="Compare every account and period with what is expected of it, and list those that are apart by more than "
    "a share and an amount: movements of accounts of the result, balances of others.",
    standard="ISA 520.5-.7",
    inputs=(
        TableNeed(
            table="Trial_Balance",
            columns=("GL_Account_Number", "Amount_Ending"),
            optional_columns=(
                "Amount_Beginning",
                "Fiscal_Year",
                "Period",
                "Balance_As_Of_Date",
                "Business_Unit_Code",
                "Amount_Currency",
            ),
        ),
        TableNeed(
            table="Chart_Of_Accounts",
            columns=("GL_Account_Number",),
            optional_columns=("Account_Type", "Account_Subtype", "GL_Account_Name"),
            required=False,
        ),
        TableNeed(
            table="Expected_Amounts",
            columns=("GL_Account_Number", "Expected_Amount"),
            optional_columns=("Fiscal_Year", "Period", "Business_Unit_Code", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Seasons, growth, one-off transactions and new accounts: past periods are a weak expectation; a "
    "budget, or amounts worked out from what drives the account, are better ones.",
    wording=Wording(
        one="balance is far from its expectation",
        many="balances are far from their expectations",
        none="Every balance is near its expectation.",
    ),
    facts=("GL_Account_Number", "Fiscal_Year", "Period"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
    dismissals=(_WITH_REVENUE,),
)
