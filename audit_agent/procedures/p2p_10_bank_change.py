"""P2P-10: payments shortly after a supplier's bank details were changed."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.payments import PAYMENT_FACTS, payments_made, stands
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.suppliers import hard_text, listed_suppliers

_FIRST = DismissalRule(
    id="first-details",
    title="First bank details",
    because="The bank details were entered on the day on which the supplier was created, so that none were replaced.",
)
_KNOWN = DismissalRule(
    id="known-account",
    title="Paid to an account used before",
    because="Each of these payments went to a bank account to which this supplier had been paid before the change.",
)
_BY = ["supplier", "Currency"]


class Parameters(ParameterSet):
    """How soon after a change a payment is suspicious."""

    days: int = parameter(
        14, "Payments at most this long after the change are flagged.", unit="days", minimum="0", maximum="366"
    )
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest payment that is looked at.", unit="books' currency", minimum="0"
    )
    dismiss: tuple[Literal["first-details", "known-account"], ...] = dismiss_parameter(_FIRST, _KNOWN)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments that were not voided."""
    payments = payments_made(books)
    return payments.filter(stands(payments) & (payments.Payment_Amount >= money(parameters.minimum_amount)))


def _soon(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments soon after the change, with the change and what their supplier was paid so (`total`, `count`)."""
    payments = population(books, parameters)
    payments = payments.mutate(
        supplier=hard_text(payments.Supplier_Account_ID), account=hard_text(payments.Bank_Account)
    )
    changes = listed_suppliers(books)
    changes = changes.filter(changes.Bank_Changed_At.notnull()).select(
        "supplier",
        "Supplier_Name",
        "Bank_Changed_At",
        "Bank_Changed_By",
        created=ibis.coalesce(changes.Created_At, changes.Entered_Date),
    )
    rows = payments.inner_join(changes, "supplier")
    rows = rows.mutate(after=rows.Payment_Date.delta(rows.Bank_Changed_At, unit="day"))
    rows = rows.filter((rows.after >= 0) & (rows.after <= parameters.days))
    group = ibis.window(group_by=_BY)
    rows = rows.mutate(
        total=rows.Payment_Amount.cast(TOTAL).sum().over(group),
        count=rows.count().over(group),
        soonest=rows.after.min().over(group),
        used=_used_before(rows, books).cast("int64"),
    )
    return rows.mutate(all_used=rows.used.min().over(group) == 1)


def _used_before(rows: ibis.Table, books: Books) -> ibis.Value:
    """Whether the payment went to an account to which the supplier was paid before the change; unknown is no."""
    earlier = payments_made(books, whole=True)
    earlier = earlier.filter(stands(earlier) & earlier.Bank_Account.notnull())
    first = earlier.group_by(
        account_of=hard_text(earlier.Supplier_Account_ID) + " " + hard_text(earlier.Bank_Account)
    ).aggregate(first_used=earlier.Payment_Date.min())
    paid = rows.select("supplier", "account", "Bank_Changed_At", pair=rows.supplier + " " + rows.account)
    known = paid.inner_join(first, paid.pair == first.account_of)
    known = known.filter(known.first_used < known.Bank_Changed_At).select("pair").distinct()
    return (rows.account != "") & (rows.supplier + " " + rows.account).isin(known.pair)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The payments of each such supplier, the soonest first, then its entry in the master."""
    rows = _soon(books, parameters)
    order = ibis.window(group_by=_BY, order_by=[rows.Payment_Date, rows.Payment_ID])
    rows = rows.mutate(position=ibis.row_number().over(order))
    group = ["supplier", "Currency", "Supplier_Name", "Bank_Changed_At", "Bank_Changed_By", "created"]
    figures = rows.group_by([*group, "total", "count", "soonest", "all_used"]).aggregate()
    listing = books.whole("Supplier_Listing")
    listing = listing.select(
        "Supplier_Account_ID", "Source_File", "Source_File_SHA256", "Source_Row", "Entered_By",
        supplier=hard_text(listing.Supplier_Account_ID), Payment_ID=ibis.null("string"),
        Payment_Date=ibis.null("date"), Reference_Number=ibis.null("string"),
    ).inner_join(figures, "supplier").mutate(position=10**9)  # fmt: skip
    return _rows(rows, "Payments_Made", rows.Payment_Date, parameters).union(
        _rows(listing, "Supplier_Listing", listing.Bank_Changed_At, parameters)
    )


def _rows(rows: ibis.Table, table: str, day: ibis.Value, parameters: Parameters) -> ibis.Table:
    return flagged(
        rows,
        table=table,
        key=ibis.literal("Supplier ") + rows.supplier + " in " + rows.Currency,
        amount=rows.total,
        currency=rows.Currency,
        day=day,
        weight=rows.total,
        fields=PAYMENT_FACTS,
        figures={
            name: rows[name] for name in ("Supplier_Name", "Bank_Changed_At", "Bank_Changed_By", "count", "soonest")
        },
        part=rows.position,
        dismissed=first_of(
            parameters.dismiss, {_FIRST.id: rows.created == rows.Bank_Changed_At, _KNOWN.id: rows.all_used}
        ),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many suppliers name a change."""
    listing = listed_suppliers(books)
    found = counts(listing, changed=listing.Bank_Changed_At.notnull())
    return Measures(
        {"Suppliers": found["all"], "Suppliers whose listing dates a change of bank details": found["changed"]}
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How much was paid how soon after which change, and who made it."""
    name = f"Supplier {row['Supplier_Account_ID']}" + (f" ({row['Supplier_Name']})" if row["Supplier_Name"] else "")
    by = f" by {row['Bank_Changed_By']}" if row["Bank_Changed_By"] else ""
    paid = f"{show(row['exception_amount'], row['exception_currency'])} in {counted(row['count'], 'payment')}"
    return (
        f"{name} was paid {paid} within {parameters.days} days after its bank details were changed{by} on "
        f"{row['Bank_Changed_At']}, the first {counted(row['soonest'], 'day')} after."
    )


PROCEDURE = Procedure(
    id="P2P-10",
    version="1",
    title="Bank details changed shortly before a payment",
    purpose="Find payments that follow a change of the supplier's bank details within days, as when somebody diverts "
    "payments with a false letter or from inside.",
    standard="ISA 240.A1; guidance of law enforcement on business e-mail compromise",
    inputs=(
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Supplier_Account_ID", "Payment_Date", "Payment_Amount"),
            optional_columns=("Bank_Account", "Voided", "Amount_Currency"),
        ),
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID", "Bank_Changed_At"),
            optional_columns=("Supplier_Name", "Bank_Changed_By", "Created_At", "Entered_Date"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Suppliers that told of a new bank in time and were called back, new suppliers, corrected typing "
    "errors.",
    wording=Wording(
        one="supplier was paid shortly after its bank details changed",
        many="suppliers were paid shortly after their bank details changed",
        none="No supplier was paid shortly after its bank details changed.",
    ),
    facts=PAYMENT_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_FIRST, _KNOWN),
)
