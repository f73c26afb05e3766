"""Permits to travel, and what was claimed on each: one permit, or one report where a claim names no permit."""

from decimal import Decimal

import ibis

from audit_agent.procedures.exact import MONEY, TOTAL, money
from audit_agent.procedures.expenses import claims
from audit_agent.procedures.procedure import Books

_TRIP = ["mark", "Currency"]


def permits(books: Books) -> ibis.Table:
    """One row per permit (`permit`, in capitals): its last where it was renewed, with the day of the first approval."""
    listed = books.whole("Travel_Permits")
    listed = listed.mutate(permit=listed.Permit_ID.upper())
    order = ibis.window(
        group_by="permit", order_by=[listed.Approved_Date.desc(nulls_first=False), "Source_File", "Source_Row"]
    )
    approved = listed.Approved_Date.min().over(ibis.window(group_by="permit"))
    last = listed.mutate(place=ibis.row_number().over(order), approved=approved).filter(ibis._.place == 0)
    return last.select(
        "permit",
        holder=last.Employee_ID.upper(),
        allowed=last.Budget_Amount,
        permit_currency=last.Amount_Currency.fill_null(books.currency),
        permitted_on=last.approved,
        permitted_by=last.Approved_By,
        begins=last.Trip_Start,
        ends=last.Trip_End,
        marked=last.Overspent.fill_null(False),
    )


def trips(books: Books) -> ibis.Table:
    """Claims of the whole books with their permit and figures of the trip, as far as a claim of the period is on it.

    `mark` names the trip: its permit, its report, or the claim that has neither. `budget` is the permit's, else the
    largest that a claim of the trip names; NULL where it is in another currency. `total` is net of what was paid back,
    and `began` the first day of it.
    """
    every = _marked(claims(books, whole=True))
    rows = every.semi_join(_marked(claims(books)), "mark")
    listed = permits(books)
    joined = rows.left_join(listed, rows.Permit_ID.upper() == listed.permit)
    same = joined.permit_currency.isnull() | (joined.permit_currency == joined.Currency)
    trip = ibis.window(group_by=_TRIP)
    day = ibis.ifelse(joined.Amount > money(Decimal(0)), joined.Expense_Date, None)
    stated = ibis.coalesce(joined.allowed, joined.Budget_Amount.max().over(trip))
    return joined.mutate(
        same_currency=same,
        budget=ibis.ifelse(same, stated, None).cast(MONEY),
        total=joined.Amount.cast(TOTAL).sum().over(trip).cast(TOTAL),
        paid=joined.Amount.cast(TOTAL).sum(where=joined.Paid_Date.notnull()).over(trip).cast(TOTAL),
        people=joined.Employee_ID.nunique().over(trip),
        began=ibis.least(day.min().over(trip), joined.begins),
        claimed_to=day.max().over(trip),
    )


def _marked(rows: ibis.Table) -> ibis.Table:
    named = ibis.coalesce(
        ibis.literal("Permit ") + rows.Permit_ID.upper(),
        ibis.literal("Report ") + rows.Report_ID,
        ibis.literal("Claim ") + rows.Expense_ID,
    )
    return rows.mutate(mark=named)


def within_own_permit(rows: ibis.Table, books: Books) -> ibis.Value:
    """Whether a permit of the claimant, approved before, covers the day of the claim, and its budget what it must pay.

    That is all that is claimed on it, and all that the holder claimed without a permit on the days of the trip.
    """
    listed = permits(books)
    usable = listed.filter(listed.allowed.notnull() & (listed.permitted_on <= listed.begins) & listed.ends.notnull())
    every = claims(books, whole=True)
    on_it = every.inner_join(
        usable, [every.Permit_ID.upper() == usable.permit, every.Currency == usable.permit_currency]
    )
    beside = _beside(every.filter(every.Permit_ID.isnull()), usable)
    claimed = on_it.select("permit", "Amount").union(beside.select("permit", "Amount"))
    sums = claimed.group_by("permit").aggregate(claimed=claimed.Amount.cast(TOTAL).sum().cast(TOTAL))
    enough = usable.inner_join(sums, "permit")
    enough = enough.filter(enough.claimed <= enough.allowed)
    covered = _beside(rows, enough)
    return rows.Expense_ID.isin(covered.select("Expense_ID").distinct().Expense_ID)


def _beside(rows: ibis.Table, usable: ibis.Table) -> ibis.Table:
    return rows.select("Expense_ID", "Employee_ID", "Expense_Date", "Currency", "Amount").inner_join(
        usable.select("permit", "holder", "permit_currency", "begins", "ends"),
        [
            ibis._.Employee_ID.upper() == usable.holder,
            ibis._.Currency == usable.permit_currency,
            ibis._.Expense_Date.between(usable.begins, usable.ends),
        ],
    )
