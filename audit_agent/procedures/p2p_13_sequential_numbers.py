"""P2P-13: suppliers whose invoice numbers follow each other, as if we were their only customer."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import INVOICE_FACTS, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_RECEIVED = DismissalRule(
    id="ordered-and-received",
    title="Ordered, and received by another",
    because="Each of these invoices names an order on which somebody else than who entered the invoice recorded a "
    "receipt, so that the supplier does deliver.",
)
_SERIES = ["Supplier_Account_ID", "series"]
_RUN = [*_SERIES, "run"]


class Parameters(ParameterSet):
    """What a run of numbers is."""

    maximum_gap: int = parameter(
        1,
        "Numbers follow each other when they differ by at most this.",
        unit="numbers",
        minimum="1",
        maximum="1000",
    )
    minimum_run: int = parameter(
        5, "Runs of at least this many different numbers are flagged.", unit="invoices", minimum="2", maximum="100000"
    )
    dismiss: tuple[Literal["ordered-and-received"], ...] = dismiss_parameter(_RECEIVED)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices whose number has digits: `number` is the last group of them, `series` all that stands around it.

    A year behind the number, as in 0042/2025, belongs to the series.
    """
    invoices = received_invoices(books)
    text = invoices.Invoice_Number.fill_null("").upper().strip()
    year = invoices.Invoice_Date.year().cast("string")
    dated = text.re_search("[0-9][^0-9A-Z]+[0-9]{4}$") & text.endswith(year)
    invoices = invoices.mutate(
        counted_text=ibis.ifelse(dated, text.substr(0, text.length() - 5), text),
        behind=ibis.ifelse(dated, ibis.literal("/") + year, ""),
    )
    digits = invoices.counted_text.re_extract("([0-9]+)[^0-9]*$", 1)
    tail = invoices.counted_text.re_extract("([^0-9]*)$", 1)
    head = invoices.counted_text.re_replace("[0-9]+[^0-9]*$", "")
    rows = invoices.mutate(digits=digits, series=head + "#" + tail + invoices.behind)
    rows = rows.filter((rows.digits != "") & (rows.digits.length() <= 18))
    return rows.mutate(number=rows.digits.cast("int64"))


def _runs(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices of long runs, with the run's `numbers`, `lowest`, `highest`, `total` and `total_currency`."""
    rows = population(books, parameters)
    order = ibis.window(group_by=_SERIES, order_by=["number", "Invoice_ID", "Source_File", "Source_Row"])
    gap = rows.number - rows.number.lag().over(order)
    rows = rows.mutate(starts=(gap.fill_null(0) > parameters.maximum_gap).cast("int64"))
    rows = rows.mutate(run=rows.starts.cumsum().over(order))
    runs = rows.group_by(_RUN).aggregate(
        numbers=rows.number.nunique(),
        lowest=rows.number.min(),
        highest=rows.number.max(),
        sum_of_all=rows.Invoice_Amount.clip(lower=0).sum().cast(TOTAL),
        first_currency=rows.Currency.min(),
        last_currency=rows.Currency.max(),
        first_day=rows.Invoice_Date.min(),
        last_day=rows.Invoice_Date.max(),
    )
    runs = runs.filter(runs.numbers >= parameters.minimum_run)
    one = runs.first_currency == runs.last_currency
    runs = runs.mutate(
        total=ibis.ifelse(one, runs.sum_of_all, no_amount()),
        total_currency=ibis.ifelse(one, runs.first_currency, None),
    )
    return rows.inner_join(runs, _RUN)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The invoices of each run in the order of their numbers; the longest run first."""
    rows = _runs(books, parameters)
    order = ibis.window(group_by=_RUN, order_by=[rows.number, rows.Invoice_Date, rows.Invoice_ID])
    rows = rows.mutate(position=ibis.row_number().over(order))
    return flagged(
        rows,
        table="Invoices_Received",
        key=ibis.literal("Supplier ")
        + rows.Supplier_Account_ID
        + ", numbers "
        + rows.lowest.cast("string")
        + " to "
        + rows.highest.cast("string")
        + " of "
        + rows.series,
        amount=rows.total,
        currency=rows.total_currency,
        day=rows.Invoice_Date,
        weight=rows.numbers,
        fields=(*INVOICE_FACTS, "Invoice_Amount"),
        figures={name: rows[name] for name in ("numbers", "first_day", "last_day")},
        part=rows.position,
        dismissed=first_of(parameters.dismiss, {_RECEIVED.id: _received_by_another(rows, books)}),
    )


def _received_by_another(rows: ibis.Table, books: Books) -> ibis.Value:
    """Whether the invoice's order has a receipt that somebody else recorded; unknown people are not somebody else."""
    if not books.has("Goods_Received"):
        return ibis.literal(False)
    receipts = books.whole("Goods_Received")
    receipts = receipts.filter(receipts.Entered_By.notnull()).select(order="PO_ID", receiver="Entered_By")
    asked = rows.select("Invoice_ID", "PO_ID", "Entered_By")
    proven = asked.inner_join(
        receipts, [receipts.order == asked.PO_ID, asked.Entered_By.upper() != receipts.receiver.upper()]
    )
    return rows.Invoice_ID.isin(proven.select("Invoice_ID").distinct().Invoice_ID)


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many invoices could be placed in a series."""
    invoices, tested = received_invoices(books), population(books, parameters)
    left_out = invoices.anti_join(tested, ["Source_File", "Source_Row"])
    return Measures({"Invoices whose number has no digits, not tested": counts(left_out)["all"]})


def reason(row: Row, parameters: Parameters) -> str:
    """How many numbers follow each other, from when to when, over how much."""
    over = f" over {show(row['exception_amount'], row['exception_currency'])}" if row["exception_currency"] else ""
    gap = (
        "no number is missing between them"
        if parameters.maximum_gap == 1
        else f"each at most {parameters.maximum_gap} above the one before"
    )
    return (
        f"Supplier {row['Supplier_Account_ID']} billed {counted(row['numbers'], 'invoice number')} in a row{over} from "
        f"{row['first_day']} to {row['last_day']}, the first {row['Invoice_Number']}; {gap}, as if it had no other "
        "customer."
    )


PROCEDURE = Procedure(
    id="P2P-13",
    version="1",
    title="Consecutive invoice numbers from one supplier",
    purpose="Find suppliers whose invoices to us carry consecutive numbers, as those of a shell company do, which has "
    "no other customer.",
    standard="ISA 240.A1; ACFE Fraud Examiners Manual (shell companies)",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Number", "Invoice_Date", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("PO_ID", "Entered_By", "Amount_Currency"),
        ),
        TableNeed(table="Goods_Received", columns=("PO_ID",), optional_columns=("Entered_By",), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Small suppliers that mostly work for us, suppliers that number each customer's invoices apart, "
    "self-billing.",
    wording=Wording(
        one="supplier billed consecutive numbers",
        many="runs of consecutive invoice numbers",
        none="No supplier's invoice numbers follow each other without a gap.",
    ),
    facts=(*INVOICE_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_RECEIVED,),
)
