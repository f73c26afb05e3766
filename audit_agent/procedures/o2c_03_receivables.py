"""O2C-03: customers above their credit limit, cash that belongs to no invoice, and sales credited after the end."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.accounting_periods import year_end_parameter
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.credit_after_end import credits_after_end
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import money, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import CREDIT_NOTE_WORDS
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.receivables import (
    balance_day,
    balances,
    credit_limits,
    open_items,
    over_limit,
    unapplied_cash,
)

_COVERED = DismissalRule(
    id="covered-by-cash",
    title="Cash received covers the excess",
    because="The customer had paid as much as it exceeds its limit by, and the payment is only not applied to its "
    "invoices yet.",
)
_PAID_BACK = DismissalRule(
    id="paid-back",
    title="Paid back to the customer",
    because="As many equal amounts went back to the customer as came from it, so that nothing is left to apply.",
)
_USUAL = DismissalRule(
    id="usual-returns",
    title="Returns as usual",
    because="It takes back part of a sale only, and all that was credited so is no larger a share of the sales than "
    "this customer's returns were before.",
)
_LIMIT, _CASH, _CREDIT = "limit", "cash", "credit"


class Parameters(ParameterSet):
    """How far a limit may be exceeded, how long cash may wait, and which credit notes are late ones."""

    limit_percent: Decimal = parameter(
        Decimal(0), "Excess over the credit limit that is let pass.", unit="percent", minimum="0", maximum="1000"
    )
    unapplied_days: int = parameter(
        30, "Cash older than this on the balance sheet day should be applied.", unit="days", minimum="0", maximum="3660"
    )
    unknown_references: bool = parameter(
        False,
        "Cash that names no invoice of the books counts as unapplied too; books without the year before flag what "
        "paid its invoices.",
    )
    credit_days: int = parameter(
        30, "Credit notes are looked at for this long after a period's end.", unit="days", minimum="1", maximum="366"
    )
    sale_days: int = parameter(
        45, "They may take back sales of this long before its end.", unit="days", minimum="1", maximum="366"
    )
    year_end_month: int = year_end_parameter()
    credit_note_words: tuple[str, ...] = parameter(
        CREDIT_NOTE_WORDS, "Words in the invoice type that mark a credit note; so does a negative amount."
    )
    dismiss: tuple[Literal["covered-by-cash", "paid-back", "usual-returns"], ...] = dismiss_parameter(
        _COVERED, _PAID_BACK, _USUAL
    )


_ORIGIN = ("Source_File", "Source_File_SHA256", "Source_Row")


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Open items, receipts and customers' invoices, as far as the books carry them."""
    rows = open_items(books).select(*_ORIGIN)
    for table in ("Cash_Received", "Invoices_Generated"):
        if books.has(table):
            rows = rows.union(books.table(table).select(*_ORIGIN))
    return rows


def _limit_rows(books: Books, parameters: Parameters) -> ibis.Table:
    found = over_limit(books, parameters.limit_percent)
    rows = open_items(books).inner_join(found, ["Customer_Account_ID", "Currency"])
    key = ibis.literal("Customer ") + rows.Customer_Account_ID + " above its limit in " + rows.Currency
    return _flag(
        rows, "Open_Accounts_Receivable", _LIMIT, key=key, amount=rows.excess, day=rows.Balance_As_Of_Date,
        document=rows.Invoice_ID, owed=rows.owed, limited=rows.limited,
        dismissed=first_of(parameters.dismiss, {_COVERED.id: rows.covered}),
    )  # fmt: skip


def _cash_rows(books: Books, parameters: Parameters) -> ibis.Table:
    """Receipts that wait too long; those that stand among the open items as well are told there."""
    rows = unapplied_cash(books, unknown_references=parameters.unknown_references)
    rows = rows.anti_join(_credit_items(books, parameters).mutate(worth=-ibis._.Open_Amount), _SAME_AMOUNT)
    rows = rows.filter(_waited(rows.Receipt_Date, books) > parameters.unapplied_days)
    return _flag(
        rows, "Cash_Received", _CASH, key=ibis.literal("Receipt ") + rows.Receipt_ID, amount=rows.Receipt_Amount,
        day=rows.Receipt_Date, document=rows.Receipt_ID, waited=_waited(rows.Receipt_Date, books),
        dismissed=first_of(parameters.dismiss, {_PAID_BACK.id: rows.paid_back}),
    )  # fmt: skip


_SAME_AMOUNT = ["Customer_Account_ID", "Currency", "worth"]


def _credit_items(books: Books, parameters: Parameters) -> ibis.Table:
    """Open items below zero that have waited too long."""
    items = open_items(books)
    late = _waited(items.Invoice_Date, books) > parameters.unapplied_days
    return items.filter((items.Open_Amount < money(Decimal(0))) & late.fill_null(False))


def _credit_item_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = _credit_items(books, parameters)
    return _flag(
        rows, "Open_Accounts_Receivable", _CASH, key=ibis.literal("Open item ") + rows.Invoice_ID,
        amount=-rows.Open_Amount, day=rows.Invoice_Date, document=rows.Invoice_ID,
        waited=_waited(rows.Invoice_Date, books),
    )  # fmt: skip


def _note_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = credits_after_end(
        books, parameters.credit_note_words, parameters.year_end_month, parameters.credit_days, parameters.sale_days
    )
    return _flag(
        rows, "Invoices_Generated", _CREDIT, key=ibis.literal("Credit note ") + rows.Invoice_ID, amount=rows.worth,
        day=rows.Invoice_Date, document=rows.Invoice_Number.fill_null(rows.Invoice_ID), ended=rows.period_end,
        in_full=rows.in_full, dismissed=first_of(parameters.dismiss, {_USUAL.id: rows.usual}),
    )  # fmt: skip


def _waited(day: ibis.Value, books: Books) -> ibis.Value:
    as_of = balance_day(books)
    return ibis.null("int64") if as_of is None else ibis.date(str(as_of)).delta(day, unit="day")


def _flag(
    rows: ibis.Table,
    table: str,
    kind: str,
    *,
    key: ibis.Value,
    amount: ibis.Value,
    day: ibis.Value,
    document: ibis.Value,
    dismissed: ibis.Value | None = None,
    **figures: ibis.Value,
) -> ibis.Table:
    """All kinds in one shape; what a kind does not tell is NULL."""
    empty = {
        "owed": no_amount(),
        "limited": no_amount(),
        "waited": ibis.null("int64"),
        "ended": ibis.null("date"),
        "in_full": ibis.null("boolean"),
    }
    return flagged(
        rows,
        table=table,
        key=key,
        amount=amount,
        currency=rows.Currency,
        day=day,
        weight=amount,
        fields=("Customer_Account_ID",),
        figures={"kind": ibis.literal(kind), "document": document} | empty | figures,
        dismissed=ibis.null("string") if dismissed is None else dismissed,
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All kinds that the books can tell, the largest amounts first."""
    rows = _credit_item_rows(books, parameters)
    if books.filled("Customer_Listing", "Credit_Limit"):
        rows = rows.union(_limit_rows(books, parameters))
    if books.has("Cash_Received"):
        rows = rows.union(_cash_rows(books, parameters))
    return rows.union(_note_rows(books, parameters)) if books.has("Invoices_Generated") else rows


def measures(books: Books, parameters: Parameters) -> Measures:
    """As of when, and what could not be tested."""
    found = {"Balance sheet day": str(balance_day(books) or "not in the books, so that ages are not tested")}
    if books.filled("Customer_Listing", "Credit_Limit"):
        owing = balances(books).filter(lambda rows: rows.owed > 0)
        limitless = owing.anti_join(credit_limits(books), ["Customer_Account_ID", "Currency"])
        found["Customers who owe, without a limit in that currency, not tested"] = count(limitless)
    else:
        found["Credit limits"] = "not in the books, not tested"
    if books.has("Cash_Received"):
        cash = unapplied_cash(books, unknown_references=False)
        found["Receipts that name no invoice"] = counts(cash)["all"]
    else:
        found["Receipts"] = "not in the books, not tested"
    if books.has("Invoices_Generated"):
        last = books.whole("Invoices_Generated").Invoice_Date.max().to_pyarrow().as_py()
        found["Last invoice or credit note in the books"] = str(last)
    else:
        found["Credit notes after the end"] = "no invoices in the books, not tested"
    return Measures(found)


def reason(row: Row, parameters: Parameters) -> str:
    """What the customer owes, how long cash has waited, or what was credited when."""
    currency, customer = row["exception_currency"], f"customer {row['Customer_Account_ID']}"
    amount = show(row["exception_amount"], currency)
    if row["kind"] == _LIMIT:
        owed, limited = show(row["owed"], currency), show(row["limited"], currency)
        return f"Customer {row['Customer_Account_ID']} owes {owed}, {amount} more than its credit limit of {limited}."
    if row["kind"] == _CASH:
        waited = counted(row["waited"], "day")
        came = f"dated {row['exception_day']}" if row["exception_day"] else "without a date"
        return (
            f"{amount} of {customer} ({row['document']}, {came}) had not been applied to an invoice for {waited} on "
            "the balance sheet day."
        )
    days = counted((row["exception_day"] - row["ended"]).days, "day")
    what = "a sale of that very amount" if row["in_full"] else "part of its purchases"
    return (
        f"Credit note {row['document']} of {row['exception_day']} over {amount} to {customer}, {days} after the period "
        f"ended on {row['ended']}, may take back {what} of the {parameters.sale_days:,} days before."
    )


PROCEDURE = Procedure(
    id="O2C-03",
    version="1",
    title="Credit limits, unapplied cash and late credit notes",
    purpose="Find customers who owe more than their credit limit, cash and credits that were not applied to an invoice "
    "for long, and credit notes soon after the period's end for sales of its last days.",
    standard="ISA 505; ISA 540.13; ISA 560.6; COSO principles 10-12",
    inputs=(
        TableNeed(
            table="Open_Accounts_Receivable",
            columns=("Customer_Account_ID", "Invoice_ID", "Open_Amount"),
            optional_columns=("Invoice_Date", "Balance_As_Of_Date", "Amount_Currency"),
        ),
        TableNeed(
            table="Customer_Listing",
            columns=("Customer_Account_ID", "Credit_Limit"),
            optional_columns=("Amount_Currency",),
            required=False,
        ),
        TableNeed(
            table="Cash_Received",
            columns=("Receipt_ID", "Customer_Account_ID", "Receipt_Date", "Receipt_Amount"),
            optional_columns=("Reference_Number", "Amount_Currency"),
            required=False,
        ),
        TableNeed(
            table="Invoices_Generated",
            columns=("Invoice_ID", "Customer_Account_ID", "Invoice_Date", "Invoice_Amount"),
            optional_columns=("Invoice_Number", "Invoice_Type_Name", "Tax_Amount", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Payments on account, limits raised on paper only, goods returned in the ordinary course, bonuses "
    "that were accrued.",
    wording=Wording(
        one="receivable needs an explanation",
        many="receivables need an explanation",
        none="Limits are kept, cash is applied, and no sale was taken back after the end.",
    ),
    facts=("Customer_Account_ID",),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_COVERED, _PAID_BACK, _USUAL),
)
