"""P2P-03: invoices paid more than once, after voids and what came back are taken off."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.compared_text import contains_any
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged, without
from audit_agent.procedures.invoices import normalised_number, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.payments import PAYMENT_FACTS, net_paid, payments_made, stands
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.recurring import RECURRING_BECAUSE, with_regularity

_INSTALMENTS = DismissalRule(
    id="instalments",
    title="Instalments under one number",
    because="The type of an invoice of that number says that it is billed in instalments, and the payments add up to "
    "no more than the invoices of that number.",
)
_RECURRING = DismissalRule(id="recurring", title="Recurring schedule", because=RECURRING_BECAUSE)
_BY = ["Supplier_Account_ID", "Currency", "reference", "alike", "series"]


class Parameters(ParameterSet):
    """What counts as paid twice."""

    days: int = parameter(
        14,
        "Equal payments that name no invoice belong together when each follows the one before within this time.",
        unit="days",
        minimum="0",
        maximum="366",
    )
    minimum_excess: Decimal = parameter(
        Decimal("0.01"), "Smallest overpayment that is flagged.", unit="books' currency", minimum="0.0001"
    )
    instalment_words: tuple[str, ...] = parameter(
        ("instalment", "installment", "progress", "partial", "abschlag", "rate", "acompte"),
        "Words in an invoice's type that say it is billed in instalments.",
    )
    dismiss: tuple[Literal["instalments", "recurring"], ...] = dismiss_parameter(_INSTALMENTS, _RECURRING)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments by which money left."""
    payments = payments_made(books)
    return payments.filter(stands(payments))


def _billed(books: Books, parameters: Parameters) -> ibis.Table:
    """What each supplier billed under a number: every amount once (`billed`), every invoice (`billed_in_all`)."""
    invoices = received_invoices(books, whole=True)
    invoices = invoices.mutate(reference=normalised_number(invoices.Invoice_Number))
    numbered = invoices.filter(invoices.reference != "")
    by_id = invoices.mutate(reference=normalised_number(invoices.Invoice_ID))
    same = ["Supplier_Account_ID", "Currency", "reference"]
    named = numbered.union(by_id.anti_join(numbered, same))
    in_parts = contains_any(named.Invoice_Type_Name, parameters.instalment_words)
    amounts = named.group_by([*same, "Invoice_Amount"]).aggregate(times=named.count(), in_parts=in_parts.any())
    amounts = amounts.filter(amounts.Invoice_Amount > money(Decimal(0)))
    return amounts.group_by(same).aggregate(
        billed=amounts.Invoice_Amount.sum().cast(TOTAL),
        billed_in_all=(amounts.Invoice_Amount.cast(TOTAL) * amounts.times).sum().cast(TOTAL),
        in_parts=amounts.in_parts.any(),
    )


def _grouped(books: Books, parameters: Parameters) -> ibis.Table:
    """All payments with the group they are netted in: one invoice, or equal amounts where none is known."""
    payments = payments_made(books, whole=True)
    payments = payments.mutate(reference=normalised_number(payments.Reference_Number))
    same = ["Supplier_Account_ID", "Currency", "reference"]
    joined = payments.left_join(_billed(books, parameters), same, rname="{name}_billed")
    known = joined.billed.notnull()
    rows = joined.mutate(alike=ibis.ifelse(known, money(Decimal(0)), joined.Payment_Amount.abs()))
    order = ibis.window(group_by=[*same, "alike"], order_by=["Payment_Date", "Payment_ID", "Source_File", "Source_Row"])
    gap = rows.Payment_Date.delta(rows.Payment_Date.lag().over(order), unit="day")
    rows = rows.mutate(starts=((rows.reference == "") & (gap.fill_null(0) > parameters.days)).cast("int64"))
    return rows.mutate(series=rows.starts.cumsum().over(order))


def _overpaid(books: Books, parameters: Parameters) -> ibis.Table:
    """Groups paid above what was billed, as far as a payment of the period belongs to them."""
    rows = _grouped(books, parameters)
    groups = rows.group_by(_BY).aggregate(
        net=net_paid(rows),
        expected=rows.billed.max().fill_null(rows.alike.max().cast(TOTAL)),
        invoiced=rows.billed.max(),
        billed_in_all=rows.billed_in_all.max(),
        in_parts=rows.in_parts.any(),
        copies=rows.count(where=stands(rows)),
        first_day=rows.Payment_Date.min(where=stands(rows)),
        last_day=rows.Payment_Date.max(where=stands(rows)),
        tested=rows.Payment_ID.isin(population(books, parameters).Payment_ID).any(),
    )
    groups = groups.mutate(excess=(groups.net - groups.expected).cast(TOTAL))
    return groups.filter(groups.tested & (groups.copies > 1) & (groups.excess >= money(parameters.minimum_excess)))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The payments of each group that stand, the latest first; the exposure is what was paid too much."""
    rows = _grouped(books, parameters)
    rows = without(rows.filter(stands(rows)), "billed", "billed_in_all", "in_parts")
    rows = with_regularity(rows, _BY, "Payment_Date", "Payment_Amount").inner_join(_overpaid(books, parameters), _BY)
    order = ibis.window(group_by=_BY, order_by=[rows.Payment_Date.desc(), rows.Payment_ID.desc()])
    rows = rows.mutate(position=ibis.row_number().over(order))
    named = ibis.ifelse(rows.reference == "", "", ibis.literal(" for ") + rows.reference)
    equal = ibis.literal(", each ") + rows.alike.cast("string") + ", from " + rows.first_day.cast("string")
    return flagged(
        rows,
        table="Payments_Made",
        key=ibis.literal("Payments to ")
        + rows.Supplier_Account_ID
        + named
        + " in "
        + rows.Currency
        + ibis.ifelse(rows.invoiced.isnull(), equal, ""),
        amount=rows.excess,
        currency=rows.Currency,
        day=rows.Payment_Date,
        weight=rows.excess,
        fields=(*PAYMENT_FACTS, "Payment_Amount"),
        figures={name: rows[name] for name in ("net", "invoiced", "copies", "first_day", "last_day")},
        part=rows.position,
        dismissed=first_of(
            parameters.dismiss,
            {
                _INSTALMENTS.id: rows.in_parts & (rows.net <= rows.billed_in_all),
                _RECURRING.id: rows.recurring & rows.invoiced.isnull(),
            },
        ),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """What was netted, and what names no invoice."""
    payments = payments_made(books)
    found = counts(
        payments,
        voided=payments.Voided.fill_null(False),
        back=payments.Payment_Amount < money(Decimal(0)),
        nameless=stands(payments) & (normalised_number(payments.Reference_Number) == ""),
    )
    return Measures(
        {
            "Payments voided": found["voided"],
            "Payments that came back": found["back"],
            "Payments that name no invoice": found["nameless"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """What was paid, against what, and how much too much."""
    currency = row["exception_currency"]
    paid = f"{show(row['net'], currency)} in {counted(row['copies'], 'payment')}"
    when = f"between {row['first_day']} and {row['last_day']}"
    if row["invoiced"] is not None:
        text = f"Supplier {row['Supplier_Account_ID']} was paid {paid} for invoice {row['Reference_Number']} {when}"
        over = show(row["exception_amount"], currency)
        return f"{text}, net of what came back: {over} more than the {show(row['invoiced'], currency)} it billed."
    text = f"Supplier {row['Supplier_Account_ID']} was paid {paid} of the same amount {when}, net of what came back"
    if row["Reference_Number"]:
        return f"{text}, all for {row['Reference_Number']}, an invoice that the books do not carry."
    return f"{text}; the payments name no invoice."


PROCEDURE = Procedure(
    id="P2P-03",
    version="1",
    title="Duplicate payments",
    purpose="Find invoices for which more was paid than billed, after voided payments and what came back are taken "
    "off. Where no invoice is known, find equal payments to one supplier.",
    standard="ISA 240.A1; ACFE Fraud Examiners Manual",
    inputs=(
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Supplier_Account_ID", "Payment_Date", "Payment_Amount"),
            optional_columns=("Reference_Number", "Voided", "Amount_Currency"),
        ),
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("Invoice_Number", "Invoice_Type_Name", "Amount_Currency"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Equal instalments billed under one number, rent and other contracts, refunds booked elsewhere, "
    "bank charges paid with the invoice.",
    wording=Wording(
        one="invoice was paid more than once",
        many="invoices were paid more than once",
        none="No invoice was paid more than once.",
    ),
    facts=(*PAYMENT_FACTS, "Payment_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_INSTALMENTS, _RECURRING),
)
