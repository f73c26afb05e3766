"""P2P-10: suppliers paid shortly after their bank details were changed."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.vendors import PAYMENT_FACTS, account_number, payments_made

_KNOWN = DismissalRule(
    id="known-account",
    title="Paid to an account used before",
    because="The payment went to an account to which the supplier had been paid before the change.",
)


class Parameters(ParameterSet):
    """How soon is soon."""

    window_days: int = parameter(
        14, "A payment this many days after the change is looked at.", unit="days", minimum="0", maximum="366"
    )
    dismiss: tuple[Literal["known-account"], ...] = dismiss_parameter(_KNOWN)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments to suppliers whose bank details were ever changed."""
    listing = books.whole("Supplier_Listing")
    changed = listing.filter(listing.Bank_Changed_At.notnull()).select(
        "Supplier_Account_ID", "Supplier_Name", "Bank_Changed_At", "Bank_Changed_By"
    )
    return payments_made(books).inner_join(changed, "Supplier_Account_ID")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Payments soon after the change, the largest first."""
    rows = population(books, parameters)
    rows = rows.mutate(days=rows.Payment_Date.delta(rows.Bank_Changed_At, unit="day"))
    rows = rows.filter((rows.days >= 0) & (rows.days <= parameters.window_days) & (rows.Payment_Amount > 0))
    return flagged(
        rows,
        table="Payments_Made",
        key=ibis.literal("Payment ") + rows.Payment_ID,
        amount=rows.Payment_Amount,
        currency=rows.Currency,
        day=rows.Payment_Date,
        weight=rows.Payment_Amount,
        fields=(*PAYMENT_FACTS, "Payment_Amount"),
        figures={
            "supplier_name": rows.Supplier_Name,
            "changed": rows.Bank_Changed_At,
            "changed_by": rows.Bank_Changed_By,
            "days": rows.days,
        },
        dismissed=first_of(parameters.dismiss, {_KNOWN.id: _used_before(rows, books, parameters)}),
    )


def _used_before(rows: ibis.Table, books: Books, parameters: Parameters) -> ibis.Value:
    """Whether the supplier was paid on the same account before the change."""
    earlier = payments_made(books, whole=True)
    listing = books.whole("Supplier_Listing").select(owner="Supplier_Account_ID", moved="Bank_Changed_At")
    earlier = earlier.inner_join(listing, earlier.Supplier_Account_ID == listing.owner)
    earlier = earlier.filter(earlier.Payment_Date < earlier.moved)
    separator = ibis.literal(" ")
    known = (earlier.Supplier_Account_ID + separator + account_number(earlier.Bank_Account)).name("known")
    used = earlier.select(known).distinct()
    return (rows.Supplier_Account_ID + separator + account_number(rows.Bank_Account)).isin(used.known)


def measures(books: Books, parameters: Parameters) -> Measures:
    """Suppliers with a change on record."""
    changed = population(books, parameters).select("Supplier_Account_ID").distinct()
    return Measures({"Suppliers paid whose bank details were changed": count(changed)})


def reason(row: Row, parameters: Parameters) -> str:
    """How much, how soon, and who changed it."""
    by = f" by {row['changed_by']}" if row["changed_by"] else ""
    amount = show(row["Payment_Amount"], row["exception_currency"])
    return (
        f"Supplier {row['Supplier_Account_ID']} was paid {amount} on {row['Payment_Date']}, "
        f"{counted(row['days'], 'day')} after its bank details were changed{by} on {row['changed']}."
    )


PROCEDURE = Procedure(
    id="P2P-10",
    version="1",
    title="Payments after a change of bank details",
    purpose="Find payments made shortly after a supplier's bank details were changed, as fraud by forged letters and "
    "mails needs.",
    standard="FBI guidance on business e-mail compromise; ACFE",
    inputs=(
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Payment_Date", "Supplier_Account_ID", "Payment_Amount"),
            optional_columns=("Bank_Account", "Amount_Currency", "Voided"),
        ),
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID", "Bank_Changed_At"),
            optional_columns=("Supplier_Name", "Bank_Changed_By"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Suppliers that changed their bank and are paid often; only the last change is on record.",
    wording=Wording(
        one="payment followed a change of bank details",
        many="payments followed a change of bank details",
        none="No payment followed a change of bank details closely.",
    ),
    facts=(*PAYMENT_FACTS, "Payment_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_KNOWN,),
)
