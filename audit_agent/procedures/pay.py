"""What procedures on pay share: pays with grade and rate, and what the net should be."""

from decimal import Decimal

import ibis

from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.procedure import Books

_QUANTITY = "decimal(18, 6)"

RATE, HOURLY, PAY = "rate", "pay per hour", "pay"
"""By what pays are compared: the rate on record, pay by hours where there is none, the pay itself without hours."""


def pays(books: Books, *, whole: bool = False) -> ibis.Table:
    """Payroll with `Currency` and `grade`, which are never empty, and `basis` and `compared`, by which it is compared.

    `compared` is NULL for what is paid back. Pay per hour is cut to the hundredth.
    """
    rows = books.whole("Payroll") if whole else books.table("Payroll")
    rows = rows.mutate(Currency=rows.Amount_Currency.fill_null(books.currency))
    if books.has("Employees"):
        staff = books.whole("Employees")
        grades = staff.group_by(graded=staff.Employee_ID).aggregate(grade=staff.Grade.min())
        rows = rows.left_join(grades, rows.Employee_ID == grades.graded).drop("graded")
        rows = rows.mutate(grade=rows.grade.fill_null(""))
    else:
        rows = rows.mutate(grade=ibis.literal(""))
    hours = (rows.Hours + rows.Overtime_Hours.fill_null(0)).fill_null(0)
    hundredths = (hours * 100).cast("int64")
    cents = (rows.Gross_Amount * 100).cast("int64")
    per_hour = (cents * 100 // hundredths.nullif(0)).cast(_QUANTITY) * ibis.literal(Decimal("0.01"), "decimal(3, 2)")
    basis = ibis.cases((rows.Rate > 0, RATE), (hours > 0, HOURLY), else_=PAY)
    value = ibis.cases((rows.Rate > 0, rows.Rate), (hours > 0, per_hour), else_=rows.Gross_Amount)
    return rows.mutate(basis=basis, compared=ibis.ifelse(rows.Gross_Amount > 0, value.cast(_QUANTITY), None))


def tells_deductions(books: Books) -> bool:
    """Whether the books carry all that lies between gross and net."""
    return books.filled("Payroll", "Tax_Amount") and books.filled("Payroll", "Deductions_Amount")


def with_net_difference(rows: ibis.Table, books: Books) -> ibis.Table:
    """Add `off`, net less what gross, tax and deductions make it, and `expected`; NULL where no net is told.

    Tax and deductions may be stated below zero throughout. Where the books lack one of them, a net may be lower.
    """
    every = books.whole("Payroll")
    stated = ibis.greatest(every.Tax_Amount.fill_null(0), every.Deductions_Amount.fill_null(0)).max()
    rows = rows.cross_join(every.aggregate(most_deducted=stated))
    taken = (rows.Tax_Amount.fill_null(0) + rows.Deductions_Amount.fill_null(0)).cast(TOTAL)
    expected = rows.Gross_Amount.cast(TOTAL) - ibis.ifelse(rows.most_deducted > 0, taken, -taken)
    off = rows.Net_Amount.cast(TOTAL) - expected
    if not tells_deductions(books):
        off = ibis.ifelse(off > 0, off, 0)
    return rows.mutate(expected=expected.cast(TOTAL), off=off.cast(TOTAL)).drop("most_deducted")
