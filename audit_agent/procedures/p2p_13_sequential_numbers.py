"""P2P-13: suppliers whose invoice numbers follow one another, as if nobody else were billed."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import (
    CREDIT_NOTE_WORDS,
    INVOICE_FACTS,
    is_credit_note,
    normalised_number,
    received_invoices,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_CONTRACT = DismissalRule(
    id="contract",
    title="Equal bills at the pace of a contract",
    because="All bills of the run are over the same amount and at most one came in a month, as under a contract for "
    "which suppliers keep a count of its own.",
)


class Parameters(ParameterSet):
    """How long a run has to be."""

    shortest_run: int = parameter(
        5, "As many numbers in a row make a run.", unit="invoices", minimum="2", maximum="1000"
    )
    largest_step: int = parameter(
        1, "Numbers follow one another when they lie no further apart.", unit="numbers", minimum="1", maximum="100"
    )
    dismiss: tuple[Literal["contract"], ...] = dismiss_parameter(_CONTRACT)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices whose number ends in digits, with `prefix` and `tail` of the number; credit notes are left out."""
    invoices = received_invoices(books)
    invoices = invoices.mutate(number=normalised_number(invoices.Invoice_Number))
    digits = invoices.number.re_extract("([0-9]{1,15})$", 1)
    invoices = invoices.mutate(tail=digits.nullif("").cast("int64"), prefix=invoices.number.re_replace("[0-9]+$", ""))
    return invoices.filter(invoices.tail.notnull() & ~is_credit_note(invoices, CREDIT_NOTE_WORDS))


def _runs(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices with the `run` of numbers they belong to, and how long it is."""
    invoices = population(books, parameters)
    by = ["Supplier_Account_ID", "prefix"]
    order = ibis.window(group_by=by, order_by=["tail", "Invoice_ID", "Source_Row"])
    step = invoices.tail - invoices.tail.lag().over(order)
    begins = ibis.ifelse((step.isnull()) | (step > parameters.largest_step), 1, 0)
    invoices = invoices.mutate(begins=begins)
    upto = ibis.window(group_by=by, order_by=["tail", "Invoice_ID", "Source_Row"], preceding=None, following=0)
    invoices = invoices.mutate(run=invoices.begins.sum().over(upto))
    run = ibis.window(group_by=[*by, "run"])
    return invoices.mutate(
        length=invoices.tail.nunique().over(run),
        lowest=invoices.tail.min().over(run),
        highest=invoices.tail.max().over(run),
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Runs of numbers, the longest first; the exposure is what the invoices come to."""
    runs = _runs(books, parameters)
    runs = runs.filter(runs.length >= parameters.shortest_run)
    by = ["Supplier_Account_ID", "prefix", "run"]
    month = runs.Invoice_Date.year().cast("int64") * 100 + runs.Invoice_Date.month().cast("int64")
    runs = runs.mutate(month=month)
    facts = runs.group_by(by).aggregate(
        total=runs.Invoice_Amount.sum().cast(TOTAL),
        bills=runs.count(),
        months=runs.month.nunique(),
        amounts=runs.Invoice_Amount.nunique(),
        one_currency=runs.Currency.nunique() == 1,
    )
    rows = runs.inner_join(facts, by)
    steady = (rows.amounts == 1) & (rows.months == rows.bills)
    span = (
        rows.prefix + rows.lowest.cast("string") + ibis.literal(" to ") + rows["prefix"] + rows.highest.cast("string")
    )
    return flagged(
        rows,
        table="Invoices_Received",
        key=ibis.literal("Invoices ") + span + " of " + rows.Supplier_Account_ID,
        amount=ibis.ifelse(rows.one_currency, rows.total, None),
        currency=ibis.ifelse(rows.one_currency, rows.Currency, None),
        day=rows.Invoice_Date,
        weight=rows.length,
        fields=(*INVOICE_FACTS, "Invoice_Amount"),
        figures={"length": rows.length, "lowest": rows.lowest, "highest": rows.highest, "prefix": rows.prefix},
        part=rows.tail,
        dismissed=first_of(parameters.dismiss, {_CONTRACT.id: steady}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Invoices that could not be tested."""
    invoices = received_invoices(books)
    numbered = population(books, parameters)
    left_out = int(count(invoices)) - int(count(numbered))
    return Measures({"Credit notes and invoices without a number that counts, not tested": str(left_out)})


def reason(row: Row, parameters: Parameters) -> str:
    """Which numbers, and what they come to."""
    span = f"{row['prefix']}{row['lowest']} to {row['prefix']}{row['highest']}"
    amount = row["exception_amount"]
    total = "" if amount is None else f", {show(amount, row['exception_currency'])} in all"
    return (
        f"Supplier {row['Supplier_Account_ID']} sent {row['length']:,} invoices numbered {span} without a gap{total}: "
        "it seems to bill nobody else."
    )


PROCEDURE = Procedure(
    id="P2P-13",
    version="1",
    title="Sequential invoice numbers",
    purpose="Find suppliers whose invoice numbers follow one another without a gap, as those of a company that has no "
    "other customer.",
    standard="ACFE Fraud Examiners Manual (shell companies)",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Number", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("Invoice_Date", "Invoice_Type_Name", "Amount_Currency"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Small suppliers that live on one customer, suppliers that count for each customer.",
    wording=Wording(
        one="run of invoice numbers has no gap",
        many="runs of invoice numbers have no gap",
        none="No supplier's invoice numbers run without gaps.",
    ),
    facts=(*INVOICE_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_CONTRACT,),
)
