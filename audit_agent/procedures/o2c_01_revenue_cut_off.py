"""O2C-01: revenue recorded in another period than the goods left in."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.accounting_periods import Length, days_left, period_number, year_end_parameter
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import CREDIT_NOTE_WORDS
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.sales import SALES_FACTS, sales_invoices, with_shipments

_CREDITED = DismissalRule(
    id="credited-in-time",
    title="Taken back in the same period",
    because="Credit notes of the same period take back every invoice of that customer and amount, so that nothing of "
    "it stands at the period's end.",
)
_NO_GOODS = DismissalRule(
    id="no-goods",
    title="Nothing is shipped for it",
    because="Nothing was ever shipped for it, and its type says that nothing is, as for services and rent.",
)
_EARLY, _LATE, _UNSHIPPED = "early", "late", "unshipped"


class Parameters(ParameterSet):
    """Where the cut-off lies, and how near to it an invoice without goods is looked at."""

    boundary: Length = parameter("month", "The periods that revenue must not cross.")
    year_end_month: int = year_end_parameter()
    window_days: int = parameter(
        10,
        "An invoice for which nothing was shipped is flagged when dated within this time of its period's end. Invoices "
        "and shipments of different periods are flagged however far apart.",
        unit="days",
        minimum="0",
        maximum="366",
    )
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest invoice, without tax, that is looked at.", unit="books' currency", minimum="0"
    )
    credit_note_words: tuple[str, ...] = parameter(
        CREDIT_NOTE_WORDS, "Words in the invoice type that mark a credit note; so does a negative amount."
    )
    no_goods_words: tuple[str, ...] = parameter(
        ("service", "subscription", "licence", "license", "rent", "maintenance", "prepayment", "down payment"),
        "Words in the invoice type that say nothing is shipped.",
    )
    dismiss: tuple[Literal["credited-in-time", "no-goods"], ...] = dismiss_parameter(_CREDITED, _NO_GOODS)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Customers' invoices that are dated in the period, or for which goods left in it."""
    invoices = with_shipments(sales_invoices(books, parameters.credit_note_words), books)
    large = invoices.net >= money(parameters.minimum_amount)
    tested = invoices.filter(~invoices.credit_note & large)
    if books.period is None:
        return tested
    first, last = (ibis.date(day.isoformat()) for day in (books.period.start, books.period.end))
    goods_left = tested.first_shipped.between(first, last) | tested.last_shipped.between(first, last)
    return tested.filter(tested.Invoice_Date.between(first, last) | goods_left.fill_null(False))


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices with `wrong`: goods that left in a later period, all in an earlier one, or not at all near its end."""
    rows = population(books, parameters)
    length, month = parameters.boundary, parameters.year_end_month
    billed, left = period_number(rows.Invoice_Date, length, month), period_number(rows.last_shipped, length, month)
    near = days_left(rows.Invoice_Date, length, month) < parameters.window_days
    wrong = ibis.cases((left > billed, _EARLY), (left < billed, _LATE), (left.isnull() & near, _UNSHIPPED), else_=None)
    return rows.mutate(wrong=wrong, billed_in=billed, apart=rows.last_shipped.delta(rows.Invoice_Date, unit="day"))


def _taken_back(rows: ibis.Table, books: Books, parameters: Parameters) -> ibis.Table:
    """Add `credited`: whether credit notes in its period, not before it, take back all invoices of that amount."""
    every = sales_invoices(books, parameters.credit_note_words)
    same = ["Customer_Account_ID", "Currency", "worth", "billed_in"]
    every = every.mutate(
        worth=every.Invoice_Amount.abs(),
        billed_in=period_number(every.Invoice_Date, parameters.boundary, parameters.year_end_month),
    )
    groups = every.group_by(same).aggregate(
        bills=every.count(where=~every.credit_note),
        credits=every.count(where=every.credit_note),
        last_credit=every.Invoice_Date.max(where=every.credit_note),
    )
    joined = rows.mutate(worth=rows.Invoice_Amount.abs()).left_join(groups, same, rname="{name}_credits")
    credited = (joined.credits >= joined.bills) & (joined.last_credit >= joined.Invoice_Date)
    return joined.mutate(credited=credited.fill_null(False))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Each invoice on the wrong side of a period's end; the exposure is its revenue."""
    rows = _judged(books, parameters)
    rows = _taken_back(rows.filter(rows.wrong.notnull()), books, parameters)
    kind, no_goods = rows.Invoice_Type_Name.fill_null("").lower(), ibis.literal(False)
    for word in parameters.no_goods_words:
        no_goods = no_goods | kind.contains(word.lower())
    return flagged(
        rows,
        table="Invoices_Generated",
        key=ibis.literal("Invoice ") + rows.Invoice_ID,
        amount=rows.net.cast(TOTAL),
        currency=rows.Currency,
        day=rows.Invoice_Date,
        weight=rows.net,
        fields=(*SALES_FACTS, "Invoice_Amount"),
        figures={
            "wrong": rows.wrong,
            "first_shipped": rows.first_shipped,
            "last_shipped": rows.last_shipped,
            "shipments": rows.shipments,
            "apart": rows.apart,
        },
        dismissed=first_of(
            parameters.dismiss,
            {
                _CREDITED.id: rows.credited & (rows.wrong != _LATE),
                _NO_GOODS.id: no_goods & (rows.wrong == _UNSHIPPED),
            },
        ),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Invoices by kind, and goods that left without any invoice."""
    rows = _judged(books, parameters)
    kinds = counts(
        rows,
        early=rows.wrong == _EARLY,
        late=rows.wrong == _LATE,
        unshipped=rows.wrong == _UNSHIPPED,
        no_shipment=rows.shipments.isnull(),
    )
    every = with_shipments(sales_invoices(books, parameters.credit_note_words), books)
    shipments = books.table("Shipments_Made")
    order_billed = shipments.Sales_Order_ID.isin(every.Sales_Order_ID).fill_null(False)
    billed = shipments.Shipment_ID.isin(every.Shipment_ID) | shipments.Invoice_ID.isin(every.Invoice_ID)
    return Measures(
        {
            "Invoiced before the goods left, in an earlier period": kinds["early"],
            "Invoiced after the goods left, in a later period": kinds["late"],
            "Invoiced near the end of a period without a shipment": kinds["unshipped"],
            "Invoices without a shipment in the books": kinds["no_shipment"],
            "Shipments without an invoice in the books": count(
                shipments.filter(~(billed.fill_null(False) | order_billed))
            ),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """What was billed when, and when the goods left."""
    amount = show(row["exception_amount"], row["exception_currency"])
    text = (
        f"Invoice {row['Invoice_Number'] or row['Invoice_ID']} to customer {row['Customer_Account_ID']} records "
        f"{amount} on {row['Invoice_Date']}"
    )
    if row["wrong"] == _UNSHIPPED:
        return f"{text}, at the end of a {parameters.boundary}, and nothing was shipped for it."
    many = row["shipments"] > 1
    part = f"the last of {row['shipments']:,} shipments" if many else "the goods"
    days = counted(abs(row["apart"]), "day")
    if row["wrong"] == _EARLY:
        return f"{text}, but {part} left only on {row['last_shipped']}, {days} later and in another {_of(parameters)}."
    return f"{text}, but {part} had left on {row['last_shipped']}, {days} earlier and in another {_of(parameters)}."


def _of(parameters: Parameters) -> str:
    return "financial year" if parameters.boundary == "year" else parameters.boundary


PROCEDURE = Procedure(
    id="O2C-01",
    version="1",
    title="Cut-off of revenue",
    purpose="Find revenue that is recorded in another period than the goods left in, and revenue recorded at the end "
    "of a period for which nothing was shipped.",
    standard="ISA 240.27; ISA 330.A8; IFRS 15.31, .38",
    inputs=(
        TableNeed(
            table="Invoices_Generated",
            columns=("Invoice_ID", "Invoice_Date", "Customer_Account_ID", "Invoice_Amount"),
            optional_columns=(
                "Invoice_Type_Name",
                "Tax_Amount",
                "Amount_Currency",
                "Shipment_ID",
                "Sales_Order_ID",
                "Entered_By",
            ),
        ),
        TableNeed(
            table="Shipments_Made",
            columns=("Shipment_ID", "Shipment_Date"),
            optional_columns=("Invoice_ID", "Sales_Order_ID"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Goods invoiced the working day after they left, terms of delivery under which control passes "
    "elsewhere than at the gate, goods billed and held at the customer's wish, services without a type of invoice.",
    wording=Wording(
        one="invoice lies in another period than its goods",
        many="invoices lie in another period than their goods",
        none="Every invoice lies in the period its goods left in.",
    ),
    facts=(*SALES_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_CREDITED, _NO_GOODS),
)
