"""P2P-11: payments to suppliers that should not be paid: not in the master, inactive, one-time, or long dormant."""

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
from audit_agent.procedures.payments import PAYMENT_FACTS, net_paid, payments_made, stands
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.suppliers import hard_text, listed_suppliers

_RETURNED = DismissalRule(
    id="returned",
    title="All of it came back",
    because="What the supplier was paid in this currency was voided or came back in full, so that nothing was lost.",
)


class Parameters(ParameterSet):
    """Which suppliers should not be paid."""

    dormant_days: int = parameter(
        365, "A supplier not paid for more than this long is dormant.", unit="days", minimum="1", maximum="3660"
    )
    one_time_payments: int = parameter(
        1, "A one-time supplier may be paid this often.", unit="payments", minimum="0", maximum="1000"
    )
    inactive_words: tuple[str, ...] = parameter(
        ("inactive", "blocked", "closed", "deleted", "no", "false", "0", "n", "i"),
        "Values of Active_Status of suppliers that are not to be paid.",
    )
    dismiss: tuple[Literal["returned"], ...] = dismiss_parameter(_RETURNED)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments that were not voided."""
    payments = payments_made(books)
    return payments.filter(stands(payments))


def _tested(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments with what is wrong with their supplier: `unlisted`, `inactive`, `often`, `dormant`."""
    payments = payments_made(books, whole=True)
    payments = payments.filter(stands(payments))
    payments = payments.mutate(supplier=hard_text(payments.Supplier_Account_ID))
    order = ibis.window(group_by="supplier", order_by=["Payment_Date", "Payment_ID", "Source_File", "Source_Row"])
    payments = payments.mutate(
        rest=payments.Payment_Date.delta(payments.Payment_Date.lag().over(order), unit="day"),
        times=payments.count().over(ibis.window(group_by="supplier")),
    )
    payments = payments.semi_join(population(books, parameters), ["Source_File", "Source_Row", "Payment_ID"])
    listing = listed_suppliers(books).select("supplier", "Supplier_Name", "Active_Status", "One_Time")
    rows = payments.left_join(listing, "supplier", rname="{name}_listed")
    words = [word.lower() for word in parameters.inactive_words]
    rows = rows.mutate(
        unlisted=rows.supplier_listed.isnull(),
        inactive=rows.Active_Status.fill_null("").strip().lower().isin(words),
        often=rows.One_Time.fill_null(False) & (rows.times > parameters.one_time_payments),
        dormant=rows.rest.fill_null(0) > parameters.dormant_days,
    )
    return rows.filter(rows.unlisted | rows.inactive | rows.often | rows.dormant)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The payments of each such supplier, the largest first; the exposure is their sum."""
    rows = _tested(books, parameters)
    by = ["supplier", "Currency"]
    kinds = ("unlisted", "inactive", "often", "dormant")
    groups = rows.group_by(by).aggregate(
        total=rows.Payment_Amount.sum().cast(TOTAL),
        count=rows.count(),
        longest=rows.rest.max(),
        **{f"any_{kind}": rows[kind].any() for kind in kinds},
    )
    paid = payments_made(books)
    paid = paid.mutate(supplier=hard_text(paid.Supplier_Account_ID))
    net = paid.group_by(by).aggregate(net=net_paid(paid))
    rows = rows.inner_join(groups, by).inner_join(net, by)
    flags = [f"any_{kind}" for kind in kinds]
    order = ibis.window(group_by=by, order_by=[rows.Payment_Amount.desc(), rows.Payment_Date, rows.Payment_ID])
    rows = rows.mutate(position=ibis.row_number().over(order))
    return flagged(
        rows,
        table="Payments_Made",
        key=ibis.literal("Supplier ") + rows.supplier + " in " + rows.Currency,
        amount=rows.total,
        currency=rows.Currency,
        day=rows.Payment_Date,
        weight=rows.total,
        fields=(*PAYMENT_FACTS, "Payment_Amount"),
        figures={name: rows[name] for name in ("Supplier_Name", "Active_Status", "count", "longest", "times", *flags)},
        part=rows.position,
        dismissed=first_of(parameters.dismiss, {_RETURNED.id: rows.net <= money(Decimal(0))}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Payments by what is wrong with the supplier."""
    rows = _tested(books, parameters)
    found = counts(rows, unlisted=rows.unlisted, inactive=rows.inactive, often=rows.often, dormant=rows.dormant)
    return Measures(
        {
            "Payments to suppliers not in the master": found["unlisted"],
            "Payments to inactive suppliers": found["inactive"],
            "Payments to one-time suppliers paid too often": found["often"],
            "Payments to dormant suppliers": found["dormant"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """What was paid, and everything that is wrong with the supplier."""
    name = f"Supplier {row['Supplier_Account_ID']}" + (f" ({row['Supplier_Name']})" if row["Supplier_Name"] else "")
    paid = f"{show(row['exception_amount'], row['exception_currency'])} in {counted(row['count'], 'payment')}"
    wrong = []
    if row["any_unlisted"]:
        wrong.append("it is not in the vendor master")
    if row["any_inactive"]:
        wrong.append(f"the vendor master says {row['Active_Status'].strip()}")
    if row["any_often"]:
        wrong.append(f"it is a one-time supplier and was paid {counted(row['times'], 'time')}")
    if row["any_dormant"]:
        wrong.append(f"it had not been paid for {counted(row['longest'], 'day')}")
    return f"{name} was paid {paid}, although {' and '.join(wrong)}."


PROCEDURE = Procedure(
    id="P2P-11",
    version="1",
    title="Payments to suppliers not in the master, inactive, one-time or dormant",
    purpose="Find payments to suppliers that the vendor master does not know or says not to pay, that were meant for "
    "one payment, or that come back to life after a long time.",
    standard="ISA 240.A1; COSO principles 10-12",
    inputs=(
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Supplier_Account_ID", "Payment_Date", "Payment_Amount"),
            optional_columns=("Voided", "Amount_Currency"),
        ),
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID",),
            optional_columns=("Supplier_Name", "Active_Status", "One_Time"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Suppliers blocked after their last payment, seasonal suppliers.",
    wording=Wording(
        one="supplier was paid that should not be",
        many="suppliers were paid that should not be",
        none="Every supplier paid is active in the master.",
    ),
    facts=(*PAYMENT_FACTS, "Payment_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_RETURNED,),
)
