"""O2C-02: what customers confirmed otherwise or not at all, and what that says of all receivables."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.confirmations import ALTERNATIVE, UNANSWERED, confirmations, with_timing
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.projection import Method, audited_items, projected
from audit_agent.procedures.receivables import balances
from audit_agent.statistics.sampling import SamplingError

_CASH = DismissalRule(
    id="cash-in-transit",
    title="Payment under way",
    because="The customer had paid, and the books received exactly the difference within days after the balance sheet "
    "day: a matter of timing, no misstatement.",
)
_GOODS = DismissalRule(
    id="goods-in-transit",
    title="Goods under way",
    because="Invoices of the last days make up exactly the difference, and their goods had left by the balance sheet "
    "day: the customer had not recorded them yet.",
)


class Parameters(ParameterSet):
    """How replies are judged, and how they are projected."""

    method: Method = parameter(
        "as_drawn",
        "How exceptions are projected. As drawn: by monetary units where Sample_Hits says how often each balance was "
        "drawn, else by the ratio of confirmed to recorded amounts.",
    )
    confidence: Decimal = parameter(
        Decimal(95), "Confidence of the limits.", unit="percent", minimum="50", maximum="99.9"
    )
    tolerable: Decimal = parameter(
        Decimal(0),
        "Misstatement that can be accepted; plans set performance materiality. Nothing is compared when 0.",
        unit="books' currency",
        minimum="0",
    )
    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest difference that is let pass.", unit="books' currency", minimum="0"
    )
    silence_agrees: bool = parameter(
        False, "Negative confirmations: customers were asked to answer only where they disagree."
    )
    transit_days: int = parameter(
        7, "Payments and goods are under way for at most this long.", unit="days", minimum="0", maximum="60"
    )
    top_words: tuple[str, ...] = parameter(
        ("top", "certain", "key item", "100%"), "Words in Stratum of balances that were certain to be asked."
    )
    population_value: Decimal = parameter(
        Decimal(0), "Book value of all balances; that of the open items when 0.", unit="books' currency", minimum="0"
    )
    population_items: int = parameter(
        0, "Number of all balances; the customers of the open items when 0.", unit="balances", minimum="0"
    )
    dismiss: tuple[Literal["cash-in-transit", "goods-in-transit"], ...] = dismiss_parameter(_CASH, _GOODS)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every balance that a customer was asked to confirm."""
    return confirmations(books, silence_agrees=parameters.silence_agrees)


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Balances with `rule`, the dismissal rule that explains the difference, and `wrong`."""
    rows = with_timing(population(books, parameters), books, parameters.transit_days)
    rule = first_of(parameters.dismiss, {_CASH.id: rows.cash_under_way, _GOODS.id: rows.goods_under_way})
    open_still = (rows.state == UNANSWERED) & (rows.Book_Amount != money(Decimal(0)))
    return rows.mutate(rule=rule, wrong=(rows.gap.abs() > money(parameters.tolerance)) | open_still)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Balances that are not supported as recorded; the exposure is the difference."""
    rows = _judged(books, parameters)
    rows = rows.filter(rows.wrong)
    number = rows.Confirmation_ID.fill_null(rows.Customer_Account_ID)
    again = ibis.ifelse((rows.asked > 1) & rows.Confirmation_ID.isnull(), ", row " + rows.Source_Row.cast("string"), "")
    return flagged(
        rows,
        table="Confirmations",
        key=ibis.literal("Confirmation ") + number + again,
        amount=rows.gap.abs(),
        currency=rows.Currency,
        day=rows.Reply_Date,
        weight=rows.gap.abs(),
        fields=("Customer_Account_ID", "Book_Amount", "Confirmed_Amount", "Reply_Date", "Difference_Explanation"),
        figures={name: rows[name] for name in ("as_of", "audited", "gap", "state")},
        dismissed=rows.rule,
    )


def _projection(books: Books, parameters: Parameters) -> dict[str, str]:
    """The projection as statistics, or why there is none."""
    rows = _judged(books, parameters)
    rows = rows.filter(rows.Currency == books.currency)
    settled = rows.rule.notnull() | ~rows.wrong
    rows = rows.mutate(audited=ibis.ifelse(settled, rows.Book_Amount, rows.audited))
    told = rows.select("Book_Amount", "audited", "Sample_Hits", "Stratum", "Source_File", "Source_Row")
    items = audited_items(told.order_by(["Source_File", "Source_Row"]).to_pyarrow().to_pylist(), parameters.top_words)
    owing = balances(books).filter(lambda owed: (owed.owed > 0) & (owed.Currency == books.currency))
    found = owing.aggregate(value=owing.owed.sum(), number=owing.count()).to_pyarrow().to_pylist()[0]
    value = parameters.population_value or found["value"] or Decimal(0)
    number = parameters.population_items or found["number"]
    drawn = books.filled("Confirmations", "Sample_Hits")
    basis = {"All balances, of which these are a sample": f"{number:,} over {show(value, books.currency)}"}
    try:
        result = projected(items, parameters.method, value, number, parameters.confidence, drawn=drawn)
    except SamplingError as error:
        return basis | {"Projection": f"none. {error.message}"}
    statistics = basis | result.statistics(books.currency, parameters.confidence)
    if parameters.tolerable:
        worst = max(result.over, result.under)
        held = "within" if worst <= parameters.tolerable else "above"
        statistics["Against the tolerable misstatement"] = f"{held} {show(parameters.tolerable, books.currency)}"
    return statistics


def measures(books: Books, parameters: Parameters) -> Measures:
    """Replies by kind, balances that the books record otherwise, and the projection."""
    rows = _judged(books, parameters)
    recorded = balances(books).select("Customer_Account_ID", "Currency", "owed")
    beside = rows.left_join(recorded, ["Customer_Account_ID", "Currency"], rname="{name}_recorded")
    unlike = (beside.owed.fill_null(0) != beside.Book_Amount) & (beside.asked == 1)
    found = counts(
        beside,
        answered=beside.Confirmed_Amount.notnull(),
        alternative=beside.state == ALTERNATIVE,
        unanswered=beside.state == UNANSWERED,
        unlike=unlike,
        twice=beside.asked > 1,
        foreign=beside.Currency != books.currency,
    )
    statistics = {
        "Balances to confirm": found["all"],
        "Answered with an amount": found["answered"],
        "Not answered, supported otherwise": found["alternative"],
        "Not answered and supported by nothing": found["unanswered"],
        "Balances that are not those of the open items": found["unlike"],
        "Confirmations of customers who were asked more than once": found["twice"],
        "In another currency, not projected": found["foreign"],
    }
    return Measures(statistics | _projection(books, parameters))


def reason(row: Row, parameters: Parameters) -> str:
    """What the books show, what is supported, and by what."""
    currency, customer = row["exception_currency"], f"Customer {row['Customer_Account_ID']}"
    as_of = f" as of {row['as_of']}" if row["as_of"] else ""
    book = f"{show(row['Book_Amount'], currency)}{as_of}"
    if row["state"] == UNANSWERED:
        return f"{customer} did not confirm the {book} that the books show, and nothing else supports them."
    gap = f"{show(abs(row['gap']), currency)} {'less' if row['gap'] > 0 else 'more'}"
    if row["state"] == ALTERNATIVE:
        audited = show(row["audited"], currency)
        return f"{customer} did not answer; other procedures support {audited}, {gap} than the {book} of the books."
    on = f" on {row['Reply_Date']}" if row["Reply_Date"] else ""
    said = f", explained as {row['Difference_Explanation']!r}" if row["Difference_Explanation"] else ""
    return f"{customer} confirmed {show(row['audited'], currency)}{on}, {gap} than the {book} of the books{said}."


def remark(found: Measures, parameters: Parameters) -> str:
    """The projection in a sentence."""
    told = found.statistics
    if "Projection" in told:
        return f"Nothing can be projected: {told['Projection'].removeprefix('none. ')}"
    over = told[f"Upper limit of overstatement at {parameters.confidence:f}%"]
    under = told[f"Upper limit of understatement at {parameters.confidence:f}%"]
    held = told.get("Against the tolerable misstatement")
    compared = f"; the larger is {held}, the tolerable misstatement" if held else ""
    return (
        f"Projected by {told['Projected by']}, receivables are likely misstated by {told['Likely misstatement']}, "
        f"overstated by at most {over} and understated by at most {under} at {parameters.confidence:f}% "
        f"confidence{compared}."
    )


PROCEDURE = Procedure(
    id="O2C-02",
    version="1",
    title="Replies to balance confirmations, projected",
    purpose="Find balances that customers confirmed otherwise or did not confirm, and project them onto all "
    "receivables; differences of timing are no misstatements.",
    standard="ISA 505.12-.16; ISA 530.11-.15",
    inputs=(
        TableNeed(
            table="Confirmations",
            columns=("Customer_Account_ID", "Book_Amount"),
            optional_columns=(
                "Confirmed_Amount",
                "Reply_Date",
                "Alternative_Amount",
                "Balance_As_Of_Date",
                "Sample_Hits",
                "Stratum",
                "Difference_Explanation",
                "Amount_Currency",
            ),
        ),
        TableNeed(
            table="Open_Accounts_Receivable",
            columns=("Customer_Account_ID", "Open_Amount"),
            optional_columns=("Balance_As_Of_Date", "Amount_Currency"),
        ),
        TableNeed(
            table="Cash_Received",
            columns=("Customer_Account_ID", "Receipt_Date", "Receipt_Amount"),
            optional_columns=("Amount_Currency",),
            required=False,
        ),
        TableNeed(
            table="Invoices_Generated",
            columns=("Invoice_ID", "Customer_Account_ID", "Invoice_Date", "Invoice_Amount"),
            optional_columns=("Shipment_ID", "Sales_Order_ID", "Amount_Currency"),
            required=False,
        ),
        TableNeed(
            table="Shipments_Made",
            columns=("Shipment_ID", "Shipment_Date"),
            optional_columns=("Invoice_ID", "Sales_Order_ID"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Payments and goods under way for long or in several parts, customers who confirm single invoices "
    "or in another currency.",
    wording=Wording(
        one="balance is not confirmed as recorded",
        many="balances are not confirmed as recorded",
        none="Every balance is confirmed or supported otherwise.",
    ),
    facts=("Customer_Account_ID", "Book_Amount", "Confirmed_Amount", "Reply_Date", "Difference_Explanation"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
    dismissals=(_CASH, _GOODS),
)
