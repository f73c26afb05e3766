"""P2P-11: payments to suppliers that are unknown, inactive, for one time only, or long asleep."""

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.vendors import PAYMENT_FACTS, payments_made

_UNLISTED, _INACTIVE, _AGAIN, _ASLEEP = "unlisted", "inactive", "again", "asleep"


class Parameters(ParameterSet):
    """Who is not expected to be paid."""

    inactive_words: tuple[str, ...] = parameter(
        ("inactive", "blocked", "closed", "deleted", "no"), "Values of Active_Status of suppliers that are not active."
    )
    dormant_days: int = parameter(
        365,
        "A supplier that was not paid for this long is asleep; 0: not tested. Needs books that go back that far.",
        unit="days",
        minimum="0",
        maximum="36500",
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments that were not voided and are no refunds."""
    return payments_made(books).filter(lambda payments: payments.Payment_Amount > 0)


def _listed(books: Books, parameters: Parameters) -> ibis.Table:
    listing = books.whole("Supplier_Listing")
    words = [word.lower() for word in parameters.inactive_words]
    return listing.group_by(listed=listing.Supplier_Account_ID).aggregate(
        supplier_name=listing.Supplier_Name.min(),
        inactive=listing.Active_Status.fill_null("").strip().lower().isin(words).cast("int64").max() == 1,
        one_time=listing.One_Time.fill_null(False).cast("int64").max() == 1,
    )


def _rested(books: Books) -> ibis.Table:
    """Every payment with `rest`, the days since the supplier's payment before, and `nth`, its number from 0."""
    payments = payments_made(books, whole=True)
    order = ibis.window(group_by="Supplier_Account_ID", order_by=["Payment_Date", "Payment_ID"])
    before = payments.Payment_Date.lag().over(order)
    return payments.select(
        "Payment_ID",
        "Source_File_SHA256",
        "Source_Row",
        rest=payments.Payment_Date.delta(before, unit="day"),
        nth=ibis.row_number().over(order),
    )


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    payments, listed = population(books, parameters), _listed(books, parameters)
    joined = payments.left_join(listed, payments.Supplier_Account_ID == listed.listed)
    joined = joined.inner_join(_rested(books), ["Payment_ID", "Source_File_SHA256", "Source_Row"])
    asleep = joined.rest > parameters.dormant_days if parameters.dormant_days else ibis.literal(False)
    wrong = ibis.cases(
        (joined.listed.isnull(), _UNLISTED),
        (joined.inactive, _INACTIVE),
        (joined.one_time & (joined.nth > 0), _AGAIN),
        (asleep, _ASLEEP),
        else_=None,
    )
    return joined.mutate(wrong=wrong)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments by supplier and what is wrong, the largest sums first."""
    rows = _judged(books, parameters).filter(lambda judged: judged.wrong.notnull())
    group = ibis.window(group_by=["Supplier_Account_ID", "Currency", "wrong"])
    rows = rows.mutate(paid=rows.Payment_Amount.sum().over(group).cast(TOTAL), times=rows.count().over(group))
    return flagged(
        rows,
        table="Payments_Made",
        key=ibis.literal("Supplier ") + rows.Supplier_Account_ID + ", " + rows.wrong + ", " + rows.Currency,
        amount=rows.paid,
        currency=rows.Currency,
        day=rows.Payment_Date,
        weight=rows.paid,
        fields=PAYMENT_FACTS,
        figures={"wrong": rows.wrong, "supplier_name": rows.supplier_name, "times": rows.times, "rest": rows.rest},
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Suppliers paid."""
    return Measures({"Suppliers paid": count(population(books, parameters).select("Supplier_Account_ID").distinct())})


def reason(row: Row, parameters: Parameters) -> str:
    """Who was paid how much, and why nobody expects it."""
    name = f" ({row['supplier_name']})" if row["supplier_name"] else ""
    paid = show(row["exception_amount"], row["exception_currency"])
    why = {
        _UNLISTED: "is not in the listing of suppliers",
        _INACTIVE: "is not active",
        _AGAIN: "is for one payment only and was paid before",
        _ASLEEP: f"had not been paid for {row['rest'] or 0:,} days",
    }[row["wrong"]]
    return f"Supplier {row['Supplier_Account_ID']}{name} was paid {paid} and {why}."


PROCEDURE = Procedure(
    id="P2P-11",
    version="1",
    title="Payments to unexpected suppliers",
    purpose="Find payments to suppliers that are not in the listing, are not active, are for one payment only and paid "
    "again, or had not been paid for long.",
    standard="ACFE Fraud Examiners Manual (shell companies)",
    inputs=(
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Payment_Date", "Supplier_Account_ID", "Payment_Amount"),
            optional_columns=("Amount_Currency", "Voided"),
        ),
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID",),
            optional_columns=("Supplier_Name", "Active_Status", "One_Time"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Suppliers deactivated since, listings taken later than the payments, yearly bills.",
    wording=Wording(
        one="supplier was paid unexpectedly", many="suppliers were paid unexpectedly", none="Every payee was expected."
    ),
    facts=PAYMENT_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
