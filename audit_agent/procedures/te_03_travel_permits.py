"""TE-03: trips that cost more than was permitted, and trips that nobody permitted before."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.expenses import (
    CLAIM_FACTS,
    TRAVEL_WORDS,
    approved_by_another,
    claims,
    has_any,
    with_approver,
)
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.permits import trips, within_own_permit
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_MARKED = DismissalRule(
    id="marked-overspent",
    title="Marked as overspent, and approved by another all the same",
    because="The permit is marked as overspent, so whoever approves sees it, and another employee approved every claim "
    "on it.",
)
_COVERED = DismissalRule(
    id="own-permit",
    title="Within a permit that the claim does not name",
    because="A permit of the claimant, approved before, covers the days, and its budget covers all that is claimed on "
    "it together with all that was claimed on those days without a permit.",
)


class Parameters(ParameterSet):
    """How far a budget may be exceeded, and what needs a permit."""

    over_percent: Decimal = parameter(
        Decimal(0), "Excess over the budget that is let pass.", unit="percent", minimum="0", maximum="1000"
    )
    grace_days: int = parameter(
        0,
        "A permit may be approved this long after the trip's first day.",
        unit="days",
        minimum="0",
        maximum="366",
    )
    permit_words: tuple[str, ...] = parameter(
        TRAVEL_WORDS,
        "Words of categories for which a permit is needed; all categories when empty. A claim that names no category "
        "needs one too where other claims name theirs.",
    )
    permit_from: Decimal = parameter(
        Decimal(0), "Trips of at least this amount need a permit.", unit="the claims' currency", minimum="0"
    )
    dismiss: tuple[Literal["marked-overspent", "own-permit"], ...] = dismiss_parameter(_MARKED, _COVERED)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """All claims of the period."""
    return claims(books)


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims of trips with what is wrong with each trip: `above`, `unknown`, `unnamed`, `open` (nobody), `late`."""
    rows = with_approver(trips(books), books)
    allowed = rows.budget.cast(TOTAL) * (100 + ibis.literal(parameters.over_percent, "decimal(10, 4)"))
    needs = has_any(rows.Category, parameters.permit_words) | rows.Category.isnull()
    if not parameters.permit_words:
        needs = ibis.literal(True)
    elif not books.filled("Expense_Reports", "Category"):
        needs = ibis.literal(False)
    trip = ibis.window(group_by=["mark", "Currency"])
    rows = rows.mutate(needs=needs)
    travels = rows.needs.cast("int64").max().over(trip) == 1
    enough = (rows.total > money(Decimal(0))) & (rows.total >= money(parameters.permit_from))
    named = rows.Permit_ID.notnull()
    told = books.filled("Travel_Permits", "Approved_Date") or books.filled("Travel_Permits", "Approved_By")
    nobody = rows.permit.notnull() & rows.permitted_on.isnull() & rows.permitted_by.isnull()
    return rows.mutate(
        above=(rows.total * 100 > allowed).fill_null(False),
        unknown=enough & named & rows.permit.isnull(),
        unnamed=enough & ~named & rows.budget.isnull() & travels,
        open=enough & nobody if told else ibis.literal(False),
        late=(enough & (rows.permitted_on.delta(rows.began, unit="day") > parameters.grace_days)).fill_null(False),
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The claims of trips that went beyond their permit or had none, the largest first."""
    rows = _judged(books, parameters)
    without_leave = rows.unknown | rows.unnamed | rows.open | rows.late
    rows = rows.filter(rows.above | without_leave)
    amount = ibis.ifelse(without_leave, rows.total, rows.total - rows.budget).cast(TOTAL)
    order = ibis.window(group_by=["mark", "Currency"], order_by=["Expense_Date", "Source_File", "Source_Row"])
    rows = rows.mutate(position=ibis.row_number().over(order), without_leave=without_leave, exposed=amount)
    figures = ["mark", "total", "budget", "people", "began", "permitted_on", "above", "unknown", "unnamed", "open"]
    return flagged(
        rows,
        table="Expense_Reports",
        key=rows.mark + " in " + rows.Currency,
        amount=rows.exposed,
        currency=rows.Currency,
        day=rows.Expense_Date,
        weight=rows.exposed,
        fields=(*CLAIM_FACTS, "Permit_ID"),
        figures={name: rows[name] for name in (*figures, "late", "paid")},
        part=rows.position,
        dismissed=first_of(
            parameters.dismiss,
            {
                _MARKED.id: ~rows.without_leave & rows.marked & approved_by_another(rows),
                _COVERED.id: rows.unnamed & within_own_permit(rows, books),
            },
        ),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Claims by what is known of their permit."""
    rows = trips(books)
    found = counts(
        rows, named=rows.Permit_ID.notnull(), unlisted=rows.Permit_ID.notnull() & rows.permit.isnull(),
        foreign=~rows.same_currency,
    )  # fmt: skip
    statistics = {
        "Claims on trips of the period": found["all"],
        "of these naming a permit": found["named"],
        "of these naming one that is not listed": found["unlisted"],
        "Claims in another currency than their permit's, not held against its budget": found["foreign"],
    }
    if not books.filled("Travel_Permits", "Approved_Date"):
        statistics["Days of approval"] = "the listing of permits does not tell them, not tested"
    if parameters.permit_words and not books.filled("Expense_Reports", "Category"):
        statistics["Trips without a permit"] = "claims name no category, not tested"
    return Measures(statistics)


def reason(row: Row, parameters: Parameters) -> str:
    """What was claimed on which trip, and what is wrong with its permit."""
    currency = row["exception_currency"]
    who = row["Employee_ID"] if row["people"] == 1 else f"{row['people']:,} people"
    where = row["mark"][0].lower() + row["mark"][1:]
    said = f"{who} claimed {show(row['total'], currency)} on {where}"
    wrong = []
    if row["unknown"]:
        wrong.append("the permit is not in the listing of permits")
    if row["unnamed"]:
        wrong.append("there is travel in it, and no permit is named")
    if row["open"]:
        wrong.append("nobody approved the permit")
    if row["late"]:
        days = (row["permitted_on"] - row["began"]).days
        wrong.append(
            f"the permit was approved on {row['permitted_on']}, {counted(days, 'day')} after the trip began on "
            f"{row['began']}"
        )
    if row["above"]:
        over = show(row["total"] - row["budget"], currency)
        wrong.append(f"{over} more than the approved budget of {show(row['budget'], currency)}")
    paid = f"; {show(row['paid'], currency)} was paid" if row["paid"] else ""
    return f"{said}: {'; '.join(wrong)}{paid}."


PROCEDURE = Procedure(
    id="TE-03",
    version="1",
    title="Trips against their permits",
    purpose="Find trips on which more was claimed than their permit allows, and trips without a permit or with one "
    "that was approved after they began, or by nobody.",
    standard="COSO principle 10; the company's own policy",
    inputs=(
        TableNeed(
            table="Expense_Reports",
            columns=("Expense_ID", "Employee_ID", "Expense_Date", "Amount", "Permit_ID"),
            optional_columns=(
                "Report_ID",
                "Category",
                "Budget_Amount",
                "Amount_Currency",
                "Approved_By",
                "Paid_Date",
            ),
        ),
        TableNeed(
            table="Travel_Permits",
            columns=("Permit_ID",),
            optional_columns=(
                "Employee_ID",
                "Budget_Amount",
                "Amount_Currency",
                "Approved_By",
                "Approved_Date",
                "Trip_Start",
                "Trip_End",
                "Overspent",
            ),
        ),
        TableNeed(table="Employees", columns=("Employee_ID",), optional_columns=("User_ID",), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Claims that do not name their permit, overspending that was seen and approved, permits renewed "
    "under the same number.",
    wording=Wording(
        one="trip went beyond its permit or had none",
        many="trips went beyond their permit or had none",
        none="Every trip was permitted before and stayed within its budget.",
    ),
    facts=(*CLAIM_FACTS, "Permit_ID"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_MARKED, _COVERED),
)
