"""P2P-01: the same supplier invoice recorded twice."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, in_keys, money
from audit_agent.procedures.flagging import flagged, without
from audit_agent.procedures.invoices import (
    CREDIT_NOTE_WORDS,
    INVOICE_FACTS,
    is_credit_note,
    normalised_number,
    received_invoices,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.payments import payments_made, stands
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_CREDITED = DismissalRule(
    id="credited",
    title="All but one were credited",
    because="The supplier's credit notes under this number take back every copy but one.",
)
_BY = ["Supplier_Account_ID", "number", "Currency"]


class Parameters(ParameterSet):
    """When two invoices are the same."""

    same_amount: bool = parameter(True, "Duplicates also have the same amount, to the cent.")
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest invoice that is looked at.", unit="books' currency", minimum="0"
    )
    credit_note_words: tuple[str, ...] = parameter(
        CREDIT_NOTE_WORDS, "Words in the invoice type that mark a credit note; so does a negative amount."
    )
    dismiss: tuple[Literal["credited"], ...] = dismiss_parameter(_CREDITED)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Numbered invoices that are no credit notes, with `number` as it is compared."""
    invoices = received_invoices(books)
    invoices = invoices.mutate(number=normalised_number(invoices.Invoice_Number))
    large = invoices.Invoice_Amount >= money(parameters.minimum_amount)
    return invoices.filter(large & ~is_credit_note(invoices, parameters.credit_note_words) & (invoices.number != ""))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All invoices of a group, the latest first because that is the one to stop; the exposure is all but one."""
    invoices = population(books, parameters)
    by = [*_BY, *(["Invoice_Amount"] if parameters.same_amount else [])]
    groups = invoices.group_by(by).aggregate(
        copies=invoices.count(),
        total=invoices.Invoice_Amount.sum(),
        largest=invoices.Invoice_Amount.max(),
        earliest=invoices.Invoice_Date.min(),
        numbers=invoices.Invoice_Number.nunique(),
    )
    rows = invoices.inner_join(groups.filter(groups.copies > 1), by)
    group = ibis.window(group_by=by, order_by=[rows.Invoice_Date.desc(), rows.Invoice_ID.desc()])
    rows = rows.mutate(position=ibis.row_number().over(group))
    rows = _with_payments(_with_credits(rows, books, parameters), books)
    exposure = (rows.total - rows.largest).cast(TOTAL)
    amount = ibis.literal(", ") + in_keys(rows.Invoice_Amount) if parameters.same_amount else ""
    return flagged(
        rows,
        table="Invoices_Received",
        key=ibis.literal("Invoice ") + rows.number + " of " + rows.Supplier_Account_ID + amount + " " + rows.Currency,
        amount=exposure,
        currency=rows.Currency,
        day=rows.Invoice_Date,
        weight=exposure,
        fields=(*INVOICE_FACTS, "Invoice_Amount"),
        figures={
            "copies": rows.copies,
            "earliest": rows.earliest,
            "numbers": rows.numbers,
            "number": rows.number,
            "payments": rows.payments,
            "last_payment": rows.last_payment,
        },
        part=rows.position,
        dismissed=first_of(parameters.dismiss, {_CREDITED.id: rows.credited >= exposure}),
    )


def _with_credits(rows: ibis.Table, books: Books, parameters: Parameters) -> ibis.Table:
    """With `credited`: what the supplier's credit notes under the number take back in all, zero or more."""
    notes = received_invoices(books, whole=True)
    notes = notes.mutate(number=normalised_number(notes.Invoice_Number))
    notes = notes.filter(is_credit_note(notes, parameters.credit_note_words))
    taken_back = notes.group_by(_BY).aggregate(taken_back=notes.Invoice_Amount.abs().sum())
    rows = rows.left_join(taken_back, _BY)
    return without(rows.mutate(credited=rows.taken_back.fill_null(0)), "taken_back", *(f"{name}_right" for name in _BY))


def _with_payments(rows: ibis.Table, books: Books) -> ibis.Table:
    """With `payments` and `last_payment`: how often and when last the number was paid; NULL where nobody can tell."""
    if not books.filled("Payments_Made", "Reference_Number"):
        return rows.mutate(payments=ibis.null("int64"), last_payment=ibis.null("date"))
    paid = payments_made(books, whole=True)
    paid = paid.filter(stands(paid)).mutate(number=normalised_number(paid.Reference_Number))
    paid = paid.group_by(_BY).aggregate(payments=paid.count(), last_payment=paid.Payment_Date.max())
    rows = rows.left_join(paid, _BY)
    return without(rows.mutate(payments=rows.payments.fill_null(0)), *(f"{name}_right" for name in _BY))


def measures(books: Books, parameters: Parameters) -> Measures:
    """What was left out."""
    invoices = received_invoices(books)
    left_out = counts(
        invoices,
        notes=is_credit_note(invoices, parameters.credit_note_words),
        nameless=normalised_number(invoices.Invoice_Number) == "",
    )
    return Measures(
        {"Credit notes, not tested": left_out["notes"], "Invoices without a number, not tested": left_out["nameless"]}
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How often, which, of whom, how much and since when."""
    amount = show(row["Invoice_Amount"], row["exception_currency"])
    text = f"Supplier {row['Supplier_Account_ID']} has {row['copies']} invoices numbered {row['Invoice_Number']}"
    text += " (written differently)" if row["numbers"] > 1 else ""
    text += f" over {amount}" if parameters.same_amount else f", the latest over {amount}"
    return f"{text}: first dated {row['earliest']}, last dated {row['Invoice_Date']}.{_paid(row)}"


def _paid(row: Row) -> str:
    if row["payments"] is None:
        return ""
    if row["payments"] == 0:
        return " None is paid yet."
    late = " What was paid too much has to be recovered." if row["payments"] > 1 else ""
    return f" {counted(row['payments'], 'payment')} under that number, the last on {row['last_payment']}.{late}"


PROCEDURE = Procedure(
    id="P2P-01",
    version="2",
    title="Duplicate supplier invoices",
    purpose="Find invoices of one supplier with the same number and amount, recorded more than once. Numbers are "
    "compared in capitals, without punctuation and leading zeros.",
    standard="ISA 240.A1; IIA GTAG Continuous Auditing",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Number", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("Invoice_Date", "Invoice_Type_Name", "Amount_Currency"),
        ),
        TableNeed(
            table="Payments_Made",
            columns=("Supplier_Account_ID", "Payment_Amount", "Reference_Number"),
            optional_columns=("Payment_Date", "Amount_Currency", "Voided"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Instalments billed under one number, invoices cancelled and billed again.",
    wording=Wording(
        one="invoice is recorded more than once",
        many="invoices are recorded more than once",
        none="No invoice is recorded twice.",
    ),
    facts=(*INVOICE_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_CREDITED,),
)
