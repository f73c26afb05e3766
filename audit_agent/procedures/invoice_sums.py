"""The arithmetic of EN 16931: what each sum and tax of an invoice must be, and by how much it is not.

A difference is zero where the figure is right, within the tolerance, or not there to be compared.
"""

from decimal import Decimal
from typing import NamedTuple

import ibis

from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.procedure import Books

ZERO_RATED = {"Z": "Z", "E": "E", "AE": "AE", "K": "IC", "G": "G", "O": "O"}
"""Codes of categories on which there is no tax -> the letters of their rules: zero rate, exempt, reverse charge, supply
within the EU, export, out of scope."""

RATED = {"S": "S", "L": "AF", "M": "AG"}
"""Codes of categories with a rate: standard, Canary Islands, Ceuta and Melilla."""


class SumRule(NamedTuple):
    """One thing that must be so."""

    column: str
    names: str
    """Of the rules of EN 16931; `*` stands for the letters of a tax category."""
    wording: str
    """What is wrong when it is not so."""
    letters: str = ""
    """The column with the letters of the category at fault."""


RULES = (
    SumRule("lines", "BR-CO-10", "the lines do not add up to their stated sum"),
    SumRule("allowances", "BR-CO-11", "the allowances do not add up to their stated sum"),
    SumRule("charges", "BR-CO-12", "the charges do not add up to their stated sum"),
    SumRule("net", "BR-CO-13", "the total without tax is not lines less allowances plus charges"),
    SumRule("tax", "BR-CO-14", "the taxes by category do not add up to the stated tax"),
    SumRule("gross", "BR-CO-15", "the total with tax is not the total without it plus the tax"),
    SumRule("second_tax", "BR-CO-15", "two different sums of tax are stated in one currency"),
    SumRule("due", "BR-CO-16", "the amount due is not the total less what is paid plus rounding"),
    SumRule("taxes", "BR-CO-17", "a tax is not its rate on the taxed amount"),
    SumRule(
        "taxed",
        "BR-*-08",
        "a taxed amount is not what lines, allowances and charges of its category come to",
        "base_letters",
    ),
    SumRule("untaxed", "BR-*-09", "there is tax on a category that has none", "free_letters"),
)
"""Each with the column that `with_differences` gives it."""

_LINE, _ALLOWANCE, _CHARGE, _TAX = "line", "allowance", "charge", "tax"
_PERCENT = "decimal(18, 6)"
_WIDE = "decimal(22, 6)"
"""Room for every amount; a product of two has 38 digits, where DuckDB keeps one of narrower numbers in 18."""

_LARGEST_RATE = 100_000


def with_differences(totals: ibis.Table, books: Books, tolerance: Decimal, tax_tolerance: Decimal) -> ibis.Table:
    """The invoices with a difference for each of `RULES`, `lines_counted`, `base_letters` and `free_letters`."""
    parts = _parts(books)
    rows = totals.left_join(_added_up(parts, tax_tolerance), "Invoice_ID", rname="{name}_parts")
    rows = rows.left_join(_by_category(parts, tolerance), "Invoice_ID", rname="{name}_categories")
    none = money(Decimal(0))

    def stated(column: str) -> ibis.Value:
        return rows[column].fill_null(none).cast(TOTAL)

    def summed(column: str) -> ibis.Value:
        return rows[column].fill_null(none.cast(TOTAL))

    def beyond(compared: ibis.Value, *needed: str) -> ibis.Value:
        there = ibis.literal(True)
        for name in needed:
            there = there & rows[name].notnull()
        return ibis.ifelse(there & (compared.abs() > money(tolerance)), compared, none).cast(TOTAL)

    net = stated("Lines_Amount") - stated("Allowances_Amount") + stated("Charges_Amount") - stated("Net_Amount")
    due = stated("Total_Amount") - stated("Prepaid_Amount") + stated("Rounding_Amount") - stated("Payable_Amount")
    gross = stated("Net_Amount") + stated("Tax_Amount") - stated("Total_Amount")
    nothing = none.cast(TOTAL)
    return rows.mutate(
        lines=beyond(summed("lines_sum") - stated("Lines_Amount"), "Lines_Amount"),
        allowances=beyond(summed("allowances_sum") - stated("Allowances_Amount")),
        charges=beyond(summed("charges_sum") - stated("Charges_Amount")),
        net=beyond(net, "Lines_Amount", "Net_Amount"),
        tax=beyond(summed("taxes_sum") - stated("Tax_Amount"), "Tax_Amount"),
        gross=beyond(gross, "Net_Amount", "Total_Amount"),
        second_tax=beyond(stated("Second_Tax_Amount") - stated("Tax_Amount"), "Second_Tax_Amount"),
        due=beyond(due, "Total_Amount", "Payable_Amount"),
        taxes=rows.tax_gap.fill_null(nothing).cast(TOTAL),
        taxed=rows.base_gap.fill_null(nothing).cast(TOTAL),
        untaxed=rows.free_gap.fill_null(nothing).cast(TOTAL),
        lines_counted=rows.lines_counted.fill_null(0),
    )


def _parts(books: Books) -> ibis.Table:
    """Components with `kind`, exact amounts, `rate`, and `letters` of their category's rules."""
    parts = books.whole("Invoice_Components")
    none = money(Decimal(0))
    category = parts.Tax_Category.upper().strip()
    letters = ibis.cases(*((category == code, text) for code, text in (ZERO_RATED | RATED).items()), else_=None)
    rate = parts.Tax_Percent.fill_null(ibis.literal(Decimal(0), _PERCENT))
    zero_rate = ibis.literal(Decimal(0), _PERCENT)
    return parts.select(
        "Invoice_ID",
        kind=parts.Component.lower().strip(),
        amount=parts.Amount.fill_null(none).cast(TOTAL),
        tax_of=parts.Tax_Amount.fill_null(none).cast(TOTAL),
        letters=letters,
        # A zero-rated category is one whatever rate is written beside it.
        rate=ibis.ifelse(category.isin(list(RATED)), rate, zero_rate),
        # No tax is a thousand times what it is on; a rate without bounds would be beyond exact arithmetic.
        percent=rate.clip(lower=-_LARGEST_RATE, upper=_LARGEST_RATE).cast(_PERCENT),
        free=category.isin(list(ZERO_RATED)).fill_null(False),
    )


def _added_up(parts: ibis.Table, tax_tolerance: Decimal) -> ibis.Table:
    """Sums of each invoice's components, and its largest difference between a tax and its rate on the taxed amount."""
    # Compared by the hundred, so that nothing is divided; half a cent is what rounding to the cent may take or give.
    allowed = ibis.literal((tax_tolerance + Decimal("0.005")) * 100, _WIDE)
    taxes, amounts, rates = (column.cast(_WIDE) for column in (parts.tax_of, parts.amount, parts.percent))
    off = (taxes * ibis.literal(Decimal(100), _WIDE) - amounts * rates).abs()
    wrong = (parts.kind == _TAX) & ~parts.free & (off > allowed)
    gap = (off.cast("decimal(30, 4)") * ibis.literal(Decimal("0.01"), "decimal(3, 2)")).cast(TOTAL)
    sums = {
        f"{name}_sum": parts.amount.sum(where=parts.kind == kind).cast(TOTAL)
        for name, kind in (("lines", _LINE), ("allowances", _ALLOWANCE), ("charges", _CHARGE))
    }
    free_tax = (parts.kind == _TAX) & parts.free & (parts.tax_of != money(Decimal(0)))
    return parts.group_by("Invoice_ID").aggregate(
        **sums,
        taxes_sum=parts.tax_of.sum(where=parts.kind == _TAX).cast(TOTAL),
        tax_gap=gap.max(where=wrong),
        free_gap=parts.tax_of.abs().max(where=free_tax),
        free_letters=parts.letters.min(where=free_tax),
        lines_counted=parts.count(where=parts.kind == _LINE),
    )


def _by_category(parts: ibis.Table, tolerance: Decimal) -> ibis.Table:
    """The largest difference between a taxed amount and what the components of its category and rate come to."""
    known = parts.filter(parts.letters.notnull())
    known = known.mutate(
        base=ibis.cases(
            (known.kind.isin([_LINE, _CHARGE]), known.amount),
            (known.kind == _ALLOWANCE, -known.amount),
            else_=money(Decimal(0)).cast(TOTAL),
        )
    )
    groups = known.group_by(["Invoice_ID", "letters", "rate"]).aggregate(
        base_sum=known.base.sum().cast(TOTAL),
        taxable=known.amount.sum(where=known.kind == _TAX).cast(TOTAL),
        stated=known.count(where=known.kind == _TAX),
    )
    # Lines of invoices of other standards name no category, so that nothing can be added up by it.
    named = known.filter(known.kind == _LINE).select("Invoice_ID").distinct()
    groups = groups.semi_join(named, "Invoice_ID")
    gap = (groups.base_sum - groups.taxable.fill_null(money(Decimal(0)).cast(TOTAL))).abs()
    wrong = groups.mutate(gap=gap).filter((groups.stated > 0) & (gap > money(tolerance)))
    return wrong.group_by("Invoice_ID").aggregate(base_gap=wrong.gap.max(), base_letters=wrong.letters.min())
