"""P2P-03: invoices paid more than once, what came back taken off."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import normalised_number, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.vendors import PAYMENT_FACTS, payments_made

_REFUNDED = DismissalRule(
    id="credited",
    title="Credited by the supplier",
    because="The supplier's credit notes after the payment make up for what was paid too much.",
)


class Parameters(ParameterSet):
    """What is paid too much."""

    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest excess that is let pass.", unit="books' currency", minimum="0"
    )
    dismiss: tuple[Literal["credited"], ...] = dismiss_parameter(_REFUNDED)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments that were not voided and say which invoice they pay."""
    payments = payments_made(books)
    payments = payments.mutate(number=normalised_number(payments.Reference_Number))
    return payments.filter(payments.number != "")


_BY = ["Supplier_Account_ID", "number", "Currency"]


def _paid(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices by number with what was paid for them, net of what came back, and what they come to."""
    payments = population(books, parameters)
    paid = payments.group_by(_BY).aggregate(
        paid=payments.Payment_Amount.sum().cast(TOTAL),
        largest=payments.Payment_Amount.max().cast(TOTAL),
        times=payments.count(where=payments.Payment_Amount > 0),
        last_paid=payments.Payment_Date.max(),
    )
    invoices = received_invoices(books, whole=True)
    invoices = invoices.mutate(number=normalised_number(invoices.Invoice_Number))
    billed = (
        invoices.filter(invoices.Invoice_Amount > 0)
        .group_by(_BY)
        .aggregate(billed=invoices.Invoice_Amount.sum().cast(TOTAL))
    )
    joined = paid.left_join(billed, _BY)
    # Without an invoice in the books the largest payment is taken for it.
    due = ibis.coalesce(joined.billed, joined.largest)
    joined = joined.mutate(due=due, excess=(joined.paid - due).cast(TOTAL))
    return joined.select(*_BY, "paid", "billed", "due", "excess", "times", "last_paid")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All payments of an invoice that was paid too often, the latest first."""
    paid = _paid(books, parameters)
    too_much = paid.filter((paid.times > 1) & (paid.excess > money(parameters.tolerance)))
    rows = population(books, parameters).inner_join(_with_credits(too_much, books), _BY)
    group = ibis.window(group_by=_BY, order_by=[rows.Payment_Date.desc(), rows.Payment_ID.desc()])
    rows = rows.mutate(position=ibis.row_number().over(group))
    return flagged(
        rows,
        table="Payments_Made",
        key=ibis.literal("Payments of invoice ")
        + rows.number
        + " of "
        + rows.Supplier_Account_ID
        + " "
        + rows.Currency,
        amount=rows.excess,
        currency=rows.Currency,
        day=rows.Payment_Date,
        weight=rows.excess,
        fields=(*PAYMENT_FACTS, "Payment_Amount"),
        figures={"times": rows.times, "paid": rows.paid, "billed": rows.billed},
        part=rows.position,
        dismissed=first_of(parameters.dismiss, {_REFUNDED.id: rows.credited >= rows.excess}),
    )


def _with_credits(paid: ibis.Table, books: Books) -> ibis.Table:
    """Add `credited`: credit notes of the supplier of that number, or dated after the last payment, in all."""
    notes = received_invoices(books, whole=True)
    notes = notes.filter(notes.Invoice_Amount < 0).select(
        "Invoice_Amount", "Invoice_Date", note_of="Supplier_Account_ID", note_currency="Currency"
    )
    matched = paid.left_join(
        notes,
        [
            paid.Supplier_Account_ID == notes.note_of,
            paid.Currency == notes.note_currency,
            notes.Invoice_Date >= paid.last_paid,
            -notes.Invoice_Amount == paid.excess,
        ],
    )
    kept = [*_BY, "paid", "billed", "due", "excess", "times", "last_paid"]
    return matched.group_by(kept).aggregate(credited=(-matched.Invoice_Amount.max()).fill_null(0).cast(TOTAL))


def measures(books: Books, parameters: Parameters) -> Measures:
    """Payments that name no invoice."""
    payments = payments_made(books)
    nameless = payments.filter(normalised_number(payments.Reference_Number) == "")
    return Measures({"Payments that name no invoice, not tested": count(nameless)})


def reason(row: Row, parameters: Parameters) -> str:
    """How often and how much was paid, and what for."""
    currency = row["exception_currency"]
    due = (
        f"which is over {show(row['billed'], currency)}" if row["billed"] is not None else "which the books do not have"
    )
    return (
        f"Supplier {row['Supplier_Account_ID']} was paid {show(row['paid'], currency)} in "
        f"{counted(row['times'], 'payment')} for invoice {row['Reference_Number']}, {due}: "
        f"{show(row['exception_amount'], currency)} too much."
    )


PROCEDURE = Procedure(
    id="P2P-03",
    version="1",
    title="Duplicate payments",
    purpose="Find invoices that were paid more than once and for more than they come to. Voided payments do not count, "
    "and what came back is taken off.",
    standard="ACFE Fraud Examiners Manual (billing schemes)",
    inputs=(
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Payment_Date", "Supplier_Account_ID", "Payment_Amount", "Reference_Number"),
            optional_columns=("Amount_Currency", "Voided"),
        ),
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_Number", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("Amount_Currency", "Invoice_Date"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="One reference for a year's instalments, payments on account, refunds booked elsewhere.",
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
    dismissals=(_REFUNDED,),
)
