"""P2P-08: suppliers kept twice, and suppliers that share a bank account."""

from decimal import Decimal
from typing import Literal

import ibis
import pyarrow as pa

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.likeness import likeness
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.vendors import account_number, payments_made, plain

_GROUP = DismissalRule(
    id="same-group",
    title="One belongs to the other",
    because="The listing says that one is the parent of the other, or that both have the same parent.",
)
_KEYS = ("bank", "tax number", "phone", "email", "address")
"""What two suppliers may share, the strongest first."""


class Parameters(ParameterSet):
    """How alike names have to be, and what is flagged whatever the names."""

    name_score: Decimal = parameter(
        Decimal("0.9"), "Names at least this much alike are the same (Jaro-Winkler).", minimum="0", maximum="1"
    )
    bank_alone: bool = parameter(True, "A shared bank account is flagged whatever the names are.")
    largest_group: int = parameter(
        50,
        "What more suppliers than this share, such as the address of a shopping centre, tells nothing.",
        unit="suppliers",
        minimum="2",
        maximum="1000",
    )
    dismiss: tuple[Literal["same-group"], ...] = dismiss_parameter(_GROUP)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every supplier of the listing."""
    return books.whole("Supplier_Listing")


def _keys(books: Books) -> ibis.Table:
    """Each supplier with each thing that others may have, too: `key_kind` and `key_value`."""
    listing = population(books, Parameters())
    address = ibis.literal("")
    for column in ("Address_Street", "Address_Postal_Code", "Address_City"):
        address = address + listing[column].fill_null("") + " "
    street = ibis.ifelse(plain(listing.Address_Street).isnull(), ibis.null("string"), plain(address))
    values = (
        account_number(listing.Bank_Account),
        account_number(listing.TIN),
        account_number(listing.Phone),
        plain(listing.Email),
        street,
    )
    parts = [
        listing.select(
            "Supplier_Account_ID",
            name=listing.Supplier_Name.fill_null(""),
            parent=listing.Parent_ID,
            key_kind=ibis.literal(rank),
            key_value=value,
        )
        for rank, value in enumerate(values)
    ]
    keys = parts[0]
    for part in parts[1:]:
        keys = keys.union(part)
    return keys.filter(keys.key_value.notnull())


def _sharing(books: Books, parameters: Parameters) -> ibis.Table:
    """Pairs of suppliers that share something, once each, with the strongest thing they share."""
    keys = _keys(books)
    groups = keys.group_by(["key_kind", "key_value"]).aggregate(size=keys.Supplier_Account_ID.nunique())
    telling = groups.filter((groups["size"] > 1) & (groups["size"] <= parameters.largest_group))
    telling = keys.semi_join(telling, ["key_kind", "key_value"])
    other = telling.view()
    pairs = telling.inner_join(
        other,
        [
            telling.key_kind == other.key_kind,
            telling.key_value == other.key_value,
            telling.Supplier_Account_ID < other.Supplier_Account_ID,
        ],
    )
    pairs = pairs.select(
        "Supplier_Account_ID",
        "name",
        "parent",
        "key_kind",
        other="Supplier_Account_ID_right",
        other_name="name_right",
        other_parent="parent_right",
    )
    return pairs.group_by(["Supplier_Account_ID", "other"]).aggregate(
        name=pairs.name.min(),
        other_name=pairs.other_name.min(),
        parent=pairs.parent.min(),
        other_parent=pairs.other_parent.min(),
        shared=pairs.key_kind.min(),
    )


def _scored(books: Books, parameters: Parameters) -> ibis.Table:
    """Those pairs with `score`, in thousandths: code compares the names, and only of pairs that share something."""
    pairs = _sharing(books, parameters)

    def compare() -> pa.Table:
        rows = pairs.order_by(["Supplier_Account_ID", "other"]).to_pyarrow()
        names = zip(rows["name"].to_pylist(), rows["other_name"].to_pylist(), strict=True)
        scores = [likeness(one, two) for one, two in names]
        return pa.table(
            {
                "one": rows["Supplier_Account_ID"].cast(pa.string()),
                "two": rows["other"].cast(pa.string()),
                "score": pa.array(scores, pa.int64()),
            }
        )

    scores = books.computed("Computed_Name_Scores", compare)
    return pairs.inner_join(scores, [pairs.Supplier_Account_ID == scores.one, pairs.other == scores.two])


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Both rows of each pair, shared bank accounts first; the exposure is the smaller of what both were paid."""
    pairs = _scored(books, parameters)
    alike = pairs.score >= int(parameters.name_score * 1_000)
    wrong = alike | (pairs.shared == 0) if parameters.bank_alone else alike
    pairs = _with_paid(pairs.filter(wrong), books).rename(first="Supplier_Account_ID", second="other")
    related = (
        (pairs.parent == pairs.second) | (pairs.other_parent == pairs["first"]) | (pairs.parent == pairs.other_parent)
    )
    pairs = pairs.mutate(related=related)
    listing = population(books, parameters)
    rows = listing.inner_join(
        pairs,
        (listing.Supplier_Account_ID == pairs["first"]) | (listing.Supplier_Account_ID == pairs.second),
    )
    return flagged(
        rows,
        table="Supplier_Listing",
        key=ibis.literal("Suppliers ") + rows["first"] + " and " + rows.second,
        amount=rows.paid,
        currency=ibis.ifelse(rows.paid.isnull(), ibis.null("string"), books.currency),
        day=ibis.null("date"),
        weight=rows.score + ibis.ifelse(rows.shared == 0, 1_000, 0),
        fields=("Supplier_Account_ID", "Supplier_Name"),
        figures={
            "first": rows["first"],
            "second": rows.second,
            "first_name": rows.name,
            "second_name": rows.other_name,
            "shared": rows.shared,
            "score": rows.score,
        },
        part=ibis.ifelse(rows.Supplier_Account_ID == rows["first"], 0, 1),
        dismissed=first_of(parameters.dismiss, {_GROUP.id: rows.related}),
    )


def _with_paid(pairs: ibis.Table, books: Books) -> ibis.Table:
    if not books.has("Payments_Made"):
        return pairs.mutate(paid=ibis.null(TOTAL))
    payments = payments_made(books)
    payments = payments.filter(payments.Currency == books.currency)
    sums = payments.group_by(payee=payments.Supplier_Account_ID).aggregate(
        sum=payments.Payment_Amount.sum().cast(TOTAL)
    )
    other = sums.view()
    joined = pairs.left_join(sums, pairs.Supplier_Account_ID == sums.payee).drop("payee").rename(paid_one="sum")
    joined = joined.left_join(other, joined.other == other.payee).drop("payee").rename(paid_two="sum")
    paid = ibis.least(joined.paid_one.fill_null(0), joined.paid_two.fill_null(0)).cast(TOTAL)
    return joined.mutate(paid=paid).drop("paid_one", "paid_two")


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many pairs were compared, of all there are."""
    suppliers = int(count(population(books, parameters)))
    return Measures(
        {
            "Pairs that share something, compared by name": count(_sharing(books, parameters)),
            "Pairs there are": str(suppliers * (suppliers - 1) // 2),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Who, what they share, and how alike they are called."""
    first = f"{row['first']} ({row['first_name'] or 'no name'})"
    second = f"{row['second']} ({row['second_name'] or 'no name'})"
    what = {"bank": "bank account", "phone": "phone number", "email": "e-mail address"}
    shared = what.get(_KEYS[row["shared"]], _KEYS[row["shared"]])
    alike = f"their names are alike by {Decimal(row['score']) / 1_000:.3f}"
    return f"Suppliers {first} and {second} have the same {shared}; {alike}."


PROCEDURE = Procedure(
    id="P2P-08",
    version="1",
    title="Suppliers kept twice",
    purpose="Find suppliers with names alike that share a bank account, tax number, phone number, e-mail address or "
    "address, and suppliers that share a bank account whatever their names. Only suppliers that share something are "
    "compared by name. Accents, legal forms and the order of words do not count.",
    standard="ACFE Fraud Examiners Manual (shell companies)",
    inputs=(
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID", "Supplier_Name"),
            optional_columns=(
                *("Bank_Account", "TIN", "Phone", "Email", "Parent_ID"),
                *("Address_Street", "Address_Postal_Code", "Address_City"),
            ),
        ),
        TableNeed(
            table="Payments_Made",
            columns=("Supplier_Account_ID", "Payment_Amount"),
            optional_columns=("Voided", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Companies of one group, branches with accounts of their own, collection agencies.",
    wording=Wording(
        one="pair of suppliers may be one", many="pairs of suppliers may be one", none="No supplier is kept twice."
    ),
    facts=("Supplier_Account_ID", "Supplier_Name"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_GROUP,),
)
