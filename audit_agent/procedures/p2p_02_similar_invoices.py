"""P2P-02: invoices that may be one, although something about them differs."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoice_pairs import Likeness, invoice_pairs
from audit_agent.procedures.invoices import CREDIT_NOTE_WORDS, INVOICE_FACTS, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.two_invoices import RULES, conditions, with_circumstances

_PAIRS = "Computed_Invoice_Pairs"
_OTHER = ("Invoice_ID", "Invoice_Number", "Invoice_Date", "Invoice_Amount", "Currency", "Supplier_Account_ID")
_SAME = ("same_supplier", "same_bank", "same_number", "same_amount", "same_date")


class Parameters(ParameterSet):
    """When invoices agree, and which agreement is enough."""

    number_percent: int = parameter(
        92,
        "Numbers with one slip agree from this Jaro-Winkler similarity on.",
        unit="percent",
        minimum="50",
        maximum="100",
    )
    amount_percent: Decimal = parameter(
        Decimal(1), "Amounts that differ by at most this agree.", unit="percent", minimum="0", maximum="100"
    )
    days: int = parameter(30, "Dates that lie at most this far apart agree.", unit="days", minimum="0", maximum="366")
    minimum_score: int = parameter(
        70,
        "Pairs below this score are not flagged. Supplier, number, amount and date give up to 25 points each; another "
        "supplier with the same bank account and numbers that are not quite the same give 22.5, amounts at the limit "
        "20, dates at the limit 12.5.",
        unit="points",
        minimum="0",
        maximum="100",
    )
    inexact: int = parameter(
        1,
        "How many of supplier, number and amount may differ or agree only nearly. With more, chance makes pairs of the "
        "regular deliveries of one supplier.",
        unit="of three",
        minimum="0",
        maximum="3",
    )
    credit_note_words: tuple[str, ...] = parameter(
        CREDIT_NOTE_WORDS, "Words in the invoice type that mark a credit note; so does a negative amount."
    )
    instalment_words: tuple[str, ...] = parameter(
        ("instalment", "installment", "progress", "partial", "abschlag", "rate", "acompte"),
        "Words in an invoice's type that say it is billed in instalments.",
    )
    dismiss: tuple[
        Literal["other-currency", "credit-note", "reversed", "instalments", "contract", "recurring"], ...
    ] = dismiss_parameter(*RULES)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """All invoices of the period."""
    return received_invoices(books)


def _pairs(books: Books, parameters: Parameters) -> ibis.Table:
    """Pairs of which at least one lies in the period, with both invoices' fields (`one_...`, `two_...`)."""
    likeness = Likeness(
        parameters.number_percent,
        parameters.amount_percent,
        parameters.days,
        parameters.minimum_score,
        parameters.inexact,
    )
    pairs = books.computed(_PAIRS, lambda: invoice_pairs(books, likeness))
    invoices = with_circumstances(books, parameters.credit_note_words, parameters.instalment_words)
    for side in ("one", "two"):
        here = invoices.select(**{f"{side}_{name.lower()}": invoices[name] for name in invoices.columns})
        file, row = f"{side}_source_file", f"{side}_source_row"
        pairs = pairs.inner_join(here, [pairs[f"{side}_row"] == here[row], pairs[f"{side}_file"] == here[file]])
    tested = population(books, parameters).Invoice_ID
    return pairs.filter(pairs.one_invoice_id.isin(tested) | pairs.two_invoice_id.isin(tested))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Both invoices of each pair, the later one first because that is the one to stop; the exposure is the smaller."""
    pairs = _pairs(books, parameters)
    one_currency = pairs.one_currency == pairs.two_currency
    smaller = ibis.least(pairs.one_invoice_amount.abs(), pairs.two_invoice_amount.abs()).cast(TOTAL)
    later = (pairs.two_invoice_date > pairs.one_invoice_date) | (
        (pairs.two_invoice_date == pairs.one_invoice_date) & (pairs.two_invoice_id > pairs.one_invoice_id)
    )
    pairs = pairs.mutate(
        exposure=ibis.ifelse(one_currency, smaller, None),
        exposure_currency=ibis.ifelse(one_currency, pairs.one_currency, None),
        later=later,
        rule=first_of(parameters.dismiss, conditions(pairs)),
    )
    return _side(pairs, "one", "two").union(_side(pairs, "two", "one"))


def _side(pairs: ibis.Table, side: str, other: str) -> ibis.Table:
    """One invoice of each pair, with the other's fields beside it."""
    names = (*INVOICE_FACTS, "Invoice_Amount", "Source_File", "Source_File_SHA256", "Source_Row")
    mine = {name: pairs[f"{side}_{name.lower()}"] for name in names}
    theirs = {f"other_{name}": pairs[f"{other}_{name.lower()}"] for name in _OTHER}
    own_currency = pairs[f"{side}_currency"]
    rows = pairs.mutate(**mine, **theirs, own_currency=own_currency)
    last = rows.later if side == "two" else ~rows.later
    return flagged(
        rows,
        table="Invoices_Received",
        key=ibis.literal("Invoices ") + rows.one_invoice_id + " and " + rows.two_invoice_id,
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Invoice_Date,
        weight=rows.score,
        fields=(*INVOICE_FACTS, "Invoice_Amount"),
        figures={name: rows[name] for name in (*_SAME, "days", "score", "own_currency", *theirs)},
        part=ibis.ifelse(last, 0, 1),
        dismissed=rows.rule,
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Pairs by what does not agree."""
    pairs = _pairs(books, parameters)
    supplier = pairs.same_supplier | pairs.same_bank
    found = counts(
        pairs, supplier=~supplier, bank=pairs.same_bank, number=~pairs.same_number, amount=~pairs.same_amount,
        date=~pairs.same_date,
    )  # fmt: skip
    return Measures(
        {
            "Pairs in which the supplier differs": found["supplier"],
            "Pairs of two suppliers with one bank account": found["bank"],
            "Pairs in which the number differs": found["number"],
            "Pairs in which the amount differs": found["amount"],
            "Pairs in which the dates lie far apart": found["date"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Both invoices, in what they agree, in what not, and the points."""
    mine = _told(row["Invoice_Number"] or row["Invoice_ID"], row["Invoice_Amount"], row, row["Supplier_Account_ID"])
    other = _told(
        row["other_Invoice_Number"] or row["other_Invoice_ID"],
        row["other_Invoice_Amount"],
        {"own_currency": row["other_Currency"], "Invoice_Date": row["other_Invoice_Date"]},
        row["other_Supplier_Account_ID"],
    )
    agree = ["bank account of the supplier"] if row["same_bank"] else ["supplier"] if row["same_supplier"] else []
    differ = [] if agree else ["supplier"]
    for name, what in (("same_number", "number"), ("same_amount", "amount"), ("same_date", "date")):
        (agree if row[name] else differ).append(what)
    text = f"{mine} and {other} agree in {', '.join(agree[:-1])} and {agree[-1]}"
    text += f", {counted(row['days'], 'day')} apart"
    text += f"; the {differ[0]} differs" if differ else ""
    return f"{text}: {row['score'] // 100} of 100 points."


def _told(number: str, amount: Decimal, row: Row, supplier: str) -> str:
    return f"Invoice {number} of {supplier} over {show(amount, row['own_currency'])} ({row['Invoice_Date']})"


PROCEDURE = Procedure(
    id="P2P-02",
    version="1",
    title="Similar supplier invoices",
    purpose="Find invoices that may be recorded twice although something differs: three of supplier, number, amount "
    "and date agree. Numbers agree with O for 0 and the like or one slip of the typist, suppliers with one bank "
    "account.",
    standard="ISA 240.A1; IIA GTAG Continuous Auditing",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Number", "Invoice_Date", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("Invoice_Type_Name", "Amount_Currency", "PO_ID"),
        ),
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID",),
            optional_columns=("Bank_Account",),
            required=False,
        ),
        TableNeed(
            table="Purchase_Orders",
            columns=("PO_ID",),
            optional_columns=("Amount", "Quantity", "Unit_Price", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Regular deliveries at standard prices, contracts, part deliveries, several sites of one customer "
    "billed alike.",
    wording=Wording(
        one="pair of invoices may be one invoice",
        many="pairs of invoices may be one invoice each",
        none="No two invoices look like one.",
    ),
    facts=(*INVOICE_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=RULES,
)
