"""TE-02: expenses that the policy does not allow: above a limit, split under it, barred, unproven or off duty."""

from decimal import Decimal
from typing import Literal

import ibis
from pydantic import field_validator

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.calendar_days import WEEK, Weekday
from audit_agent.procedures.compared_text import plain
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, in_keys, money
from audit_agent.procedures.expenses import (
    CLAIM_FACTS,
    TRAVEL_WORDS,
    approved_by_another,
    claims,
    has_any,
    read_limits,
    with_approver,
    with_ceiling,
)
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_WEEKEND_DAYS = 3
"""A trip over a weekend has travel on a working day at most this long before and after."""

_FLAT = DismissalRule(
    id="flat-rate",
    title="Flat allowance within its limit",
    because="The category is one that is paid at a flat rate, for which there is no receipt, and the claim stays "
    "within the limit of the category.",
)
_AWAY = DismissalRule(
    id="away-over-weekend",
    title="On a trip over the weekend, approved",
    because="The same report has travel or lodging on working days shortly before and shortly after, so the person "
    "was away on the days between, and another employee approved the claim.",
)
_JOURNEYS = DismissalRule(
    id="journeys",
    title="Several journeys, each with its receipt, approved",
    because="The claims are fares of different amounts, each has a receipt, and another employee approved them: "
    "several journeys in a day are usual.",
)


class Parameters(ParameterSet):
    """What the policy allows. Limits by category are read from Expense_Limits where the books carry that table."""

    limits: tuple[str, ...] = parameter(
        (), "Limits of one claim, `word of the category=amount`, where the books carry no Expense_Limits."
    )
    over_percent: Decimal = parameter(
        Decimal(0), "Excess over a limit that is let pass.", unit="percent", minimum="0", maximum="1000"
    )
    receipt_from: Decimal = parameter(
        Decimal(25), "A claim of this amount or more needs a receipt.", unit="the claim's currency", minimum="0"
    )
    barred_codes: tuple[str, ...] = parameter(
        (
            *("4829", "5813", "5921", "5944", "5993", "6010", "6011", "6051"),
            *("7273", "7297", "7801", "7802", "7994", "7995"),
        ),
        "Merchant category codes (MCC) of what is not paid for: money transfer, bars, liquor, jewellery, tobacco, "
        "cash, dating, massage, betting and games.",
    )
    weekend: tuple[Weekday, ...] = parameter(("saturday", "sunday"), "Days of the week that are not worked.")
    flat_words: tuple[str, ...] = parameter(
        ("per diem", "allowance", "mileage", "flat rate", "pauschale", "kilometergeld", "indemnit"),
        "Words of categories that are paid at a flat rate.",
    )
    travel_words: tuple[str, ...] = parameter(TRAVEL_WORDS, "Words of categories that show that somebody is on a trip.")
    fare_words: tuple[str, ...] = parameter(
        ("fare", "train", "taxi", "bus", "flight", "toll", "parking"), "Words of categories of journeys."
    )
    dismiss: tuple[Literal["flat-rate", "away-over-weekend", "journeys"], ...] = dismiss_parameter(
        _FLAT, _AWAY, _JOURNEYS
    )

    @field_validator("limits")
    @classmethod
    def _limits_are_limits(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        read_limits(value)
        return value


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims of more than nothing."""
    rows = claims(books)
    return rows.filter(rows.Amount > money(Decimal(0)))


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims with `ceiling` and what is wrong: `above`, `barred`, `bare` (no receipt), `off` (on a weekend)."""
    rows = with_ceiling(with_approver(population(books, parameters), books), books, parameters.limits)
    told = books.filled("Expense_Reports", "Receipt_Attached")
    bare = ~rows.Receipt_Attached.fill_null(False) & (rows.Amount >= money(parameters.receipt_from))
    code = rows.MCC.fill_null("").strip().re_replace("^0+", "")
    barred = [code.lstrip("0") for code in parameters.barred_codes]
    days = [WEEK.index(name) for name in parameters.weekend]
    return rows.mutate(
        above=_exceeds(rows.Amount, rows, parameters),
        barred=code.isin(barred) if barred else ibis.literal(False),
        bare=bare if told else ibis.literal(False),
        weekday=rows.Expense_Date.day_of_week.index(),
        off=rows.Expense_Date.day_of_week.index().isin(days) if days else ibis.literal(False),
    )


def _exceeds(amount: ibis.Value, rows: ibis.Table, parameters: Parameters) -> ibis.Value:
    allowed = rows.ceiling.cast(TOTAL) * (100 + ibis.literal(parameters.over_percent, "decimal(10, 4)"))
    return (amount.cast(TOTAL) * 100 > allowed).fill_null(False)


def _claim_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = _judged(books, parameters)
    rows = rows.filter(rows.above | rows.barred | rows.bare | rows.off)
    flat = has_any(rows.Category, parameters.flat_words) & (rows.Amount <= rows.ceiling)
    away = _away(rows, books, parameters) & approved_by_another(rows)
    rows = rows.mutate(
        flat=flat.fill_null(False) if _FLAT.id in parameters.dismiss else ibis.literal(False),
        away=away.fill_null(False) if _AWAY.id in parameters.dismiss else ibis.literal(False),
    )
    explained = ~rows.above & ~rows.barred & (~rows.bare | rows.flat) & (~rows.off | rows.away)
    # What no rule explains is told alone; where rules explain everything, all of it is told.
    rows = rows.mutate(
        explained=explained,
        bare=rows.bare & (explained | ~rows.flat),
        off=rows.off & (explained | ~rows.away),
    )
    whole = rows.barred | rows.bare | rows.off
    amount = ibis.ifelse(whole, rows.Amount, rows.Amount - rows.ceiling).cast(TOTAL)
    return _flag(
        rows,
        key=ibis.literal("Claim ")
        + rows.Expense_ID
        + (ibis.literal(" on report ") + rows.Report_ID).fill_null("")
        + " of "
        + rows.Employee_ID,
        amount=amount,
        dismissed=first_of(
            parameters.dismiss, {_FLAT.id: rows.explained & rows.bare, _AWAY.id: rows.explained & rows.off}
        ),
    )


def _away(rows: ibis.Table, books: Books, parameters: Parameters) -> ibis.Value:
    """Whether the claim's report has travel on working days shortly before its day and shortly after it."""
    every = claims(books, whole=True)
    days = [WEEK.index(name) for name in parameters.weekend]
    working = ~every.Expense_Date.day_of_week.index().isin(days) if days else ibis.literal(True)
    trips = every.filter(has_any(every.Category, parameters.travel_words) & working & (every.Amount > 0))
    trips = trips.select(trip="Report_ID", traveller="Employee_ID", day="Expense_Date").distinct()
    beside = rows.inner_join(trips, [rows.Report_ID == trips.trip, rows.Employee_ID == trips.traveller])
    apart = beside.day.delta(beside.Expense_Date, unit="day")
    spanned = beside.group_by("Source_File", "Source_Row").aggregate(
        before=apart.between(-_WEEKEND_DAYS, -1).any(), after=apart.between(1, _WEEKEND_DAYS).any()
    )
    spanned = spanned.filter(spanned.before & spanned.after)
    place = spanned.Source_File + " " + spanned.Source_Row.cast("string")
    return (rows.Source_File + " " + rows.Source_Row.cast("string")).isin(place)


def _split_rows(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims of one day that each keep to the limit and together do not."""
    rows = _judged(books, parameters)
    rows = rows.filter(rows.ceiling.notnull() & ~rows.above)
    rows = rows.mutate(
        shop=ibis.ifelse(rows.per_day, "", plain(rows.Merchant).fill_null("")), kind=plain(rows.Category).fill_null("")
    )
    group = ibis.window(group_by=["Employee_ID", "Expense_Date", "kind", "shop", "Currency", "ceiling"])
    rows = rows.mutate(
        total=rows.Amount.cast(TOTAL).sum().over(group).cast(TOTAL),
        copies=rows.count().over(group),
        amounts=rows.Amount.nunique().over(group),
    )
    rows = rows.filter((rows.copies > 1) & _exceeds(rows.total, rows, parameters))
    journeys = has_any(rows.Category, parameters.fare_words) & (rows.amounts == rows.copies)
    proven = rows.Receipt_Attached.fill_null(False) & approved_by_another(rows)
    return _flag(
        rows,
        key=ibis.literal("Claims of ")
        + rows.Employee_ID
        + " on "
        + rows.Expense_Date.cast("string")
        + " for "
        + rows.kind
        + ibis.ifelse(rows.shop == "", "", ibis.literal(" at ") + rows.shop)
        + " under "
        + in_keys(rows.ceiling)
        + " "
        + rows.Currency,
        amount=(rows.total - rows.ceiling).cast(TOTAL),
        dismissed=first_of(parameters.dismiss, {_JOURNEYS.id: journeys & proven & ~rows.per_day}),
        copies=rows.copies,
        total=rows.total,
    )


def _flag(
    rows: ibis.Table, *, key: ibis.Value, amount: ibis.Value, dismissed: ibis.Value, **figures: ibis.Value
) -> ibis.Table:
    empty = {"copies": ibis.null("int64"), "total": ibis.null(TOTAL)}
    judged = ("ceiling", "per_day", "above", "barred", "bare", "off", "weekday", "MCC")
    return flagged(
        rows,
        table="Expense_Reports",
        key=key,
        amount=amount,
        currency=rows.Currency,
        day=rows.Expense_Date,
        weight=amount,
        fields=CLAIM_FACTS,
        figures={name: rows[name] for name in judged} | empty | figures,
        dismissed=dismissed,
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims that break the policy, and groups of claims that together do, the largest first."""
    return _claim_rows(books, parameters).union(_split_rows(books, parameters))


def measures(books: Books, parameters: Parameters) -> Measures:
    """Claims by what is wrong with them, and what could not be tested."""
    rows = _judged(books, parameters)
    found = counts(rows, above=rows.above, barred=rows.barred, bare=rows.bare, off=rows.off, free=rows.ceiling.isnull())
    statistics = {
        "Claims above their limit": found["above"],
        "Claims with a merchant code that is not allowed": found["barred"],
        "Claims without a receipt": found["bare"],
        "Claims dated on a weekend": found["off"],
        "Claims for which there is no limit": found["free"],
    }
    if not books.filled("Expense_Reports", "MCC"):
        statistics["Merchant codes"] = "not in the books, not tested"
    if not books.filled("Expense_Reports", "Receipt_Attached"):
        statistics["Receipts"] = "the books do not tell which claims have one, not tested"
    return Measures(statistics)


def reason(row: Row, parameters: Parameters) -> str:
    """Who claimed what, and everything in it that the policy does not allow."""
    currency = row["exception_currency"]
    about = ", ".join(text for text in (row["Category"], row["Merchant"]) if text)
    about = f" ({about})" if about else ""
    if row["copies"] is not None:
        limit = f"the daily limit of {show(row['ceiling'], currency)}"
        if not row["per_day"]:
            limit = f"{show(row['ceiling'], currency)}, the limit of a claim, under which each stays"
        where = f" at {row['Merchant']}" if row["Merchant"] and not row["per_day"] else ""
        return (
            f"{row['Employee_ID']} made {counted(row['copies'], 'claim')} on {row['Expense_Date']} for "
            f"{row['Category']}{where}: together {show(row['total'], currency)}, above {limit}."
        )
    wrong = []
    if row["above"]:
        per = "daily limit" if row["per_day"] else "limit"
        wrong.append(f"above the {per} of {show(row['ceiling'], currency)}")
    if row["barred"]:
        wrong.append(f"merchant code {row['MCC']} is not allowed")
    if row["bare"]:
        wrong.append("no receipt is recorded")
    if row["off"]:
        wrong.append(f"dated on a {WEEK[row['weekday']].capitalize()}")
    amount = show(row["Amount"], currency)
    return f"{row['Employee_ID']} claimed {amount}{about} on {row['Expense_Date']}: {', '.join(wrong)}."


PROCEDURE = Procedure(
    id="TE-02",
    version="1",
    title="Expenses against the policy",
    purpose="Find claims above the limit of their category, several claims of a day that each stay under it, claims "
    "of merchants that are not allowed, claims without a receipt, and claims dated on a weekend.",
    standard="ACFE Fraud Examiners Manual (expense reimbursement schemes); the company's own policy",
    inputs=(
        TableNeed(
            table="Expense_Reports",
            columns=("Expense_ID", "Employee_ID", "Expense_Date", "Amount"),
            optional_columns=(
                "Report_ID",
                "Merchant",
                "MCC",
                "Category",
                "Receipt_Attached",
                "Amount_Currency",
                "Approved_By",
            ),
        ),
        TableNeed(
            table="Expense_Limits",
            columns=("Category", "Limit_Amount"),
            optional_columns=("Limit_Per", "Amount_Currency", "Valid_From", "Valid_To"),
            required=False,
        ),
        TableNeed(table="Employees", columns=("Employee_ID",), optional_columns=("User_ID",), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Trips over a weekend, flat allowances, several journeys in a day, invitations of several guests, "
    "receipts kept on paper.",
    wording=Wording(
        one="expense is not within the policy",
        many="expenses are not within the policy",
        none="Every expense is within the policy.",
    ),
    facts=CLAIM_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_FLAT, _AWAY, _JOURNEYS),
)
