"""P2P-08: one supplier listed twice in the vendor master."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.payments import paid_to_suppliers
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.supplier_pairs import SHARED, supplier_pairs

_GROUP = DismissalRule(
    id="same-group",
    title="Listed as one group",
    because="The vendor master itself says that one of the two belongs to the other, or both to one parent.",
)
_BLOCKED = DismissalRule(
    id="already-blocked",
    title="One is blocked and was not paid",
    because="The vendor master says that one of the two is not to be paid, and it was not paid in the period.",
)
_PERSONS = DismissalRule(
    id="different-tax-number",
    title="Different tax numbers",
    because="Both have a tax number, the two differ, and they share no bank account: they are two legal persons.",
)
_PAIRS = "Computed_Supplier_Pairs"
_FACTS = ("Supplier_Account_ID", "Supplier_Name", "Entered_By", "Created_By")
_FIELDS = (
    "Supplier_Account_ID Supplier_Name TIN Parent_ID Active_Status Entered_By Created_By Created_At "
    "Source_File Source_File_SHA256 Source_Row"
).split()
_WORDS = {
    "same_bank": "the bank account",
    "same_tax_number": "the tax number",
    "same_address": "the address",
    "same_email": "the e-mail address",
    "same_phone": "the telephone number",
}


class Parameters(ParameterSet):
    """How alike names are."""

    name_percent: int = parameter(
        90,
        "Names this alike or more are one; legal forms of another kind count against it.",
        unit="percent",
        minimum="50",
        maximum="100",
    )
    inactive_words: tuple[str, ...] = parameter(
        ("inactive", "blocked", "closed", "deleted", "no", "false", "0", "n", "i"),
        "Values of Active_Status of suppliers that are not to be paid.",
    )
    dismiss: tuple[Literal["same-group", "already-blocked", "different-tax-number"], ...] = dismiss_parameter(
        _GROUP, _BLOCKED, _PERSONS
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """All suppliers of the master."""
    return books.whole("Supplier_Listing")


def _pairs(books: Books, parameters: Parameters) -> ibis.Table:
    """Pairs with both entries (`one_...`, `two_...`) and what each was paid in the period."""
    pairs = books.computed(_PAIRS, lambda: supplier_pairs(books, parameters.name_percent))
    suppliers = books.whole("Supplier_Listing").select(*_FIELDS)
    if books.has("Payments_Made"):
        paid = paid_to_suppliers(books)
        suppliers = suppliers.left_join(paid, suppliers.Supplier_Account_ID == paid.paid_supplier)
    else:
        suppliers = suppliers.mutate(
            paid_supplier=ibis.null("string"), paid=no_amount(), paid_currency=ibis.null("string")
        )
    words = [word.lower() for word in parameters.inactive_words]
    suppliers = suppliers.mutate(
        inactive=suppliers.Active_Status.fill_null("").strip().lower().isin(words),
    )
    for side in ("one", "two"):
        here = suppliers.select(**{f"{side}_{name.lower()}": suppliers[name] for name in suppliers.columns})
        file, row = f"{side}_source_file", f"{side}_source_row"
        pairs = pairs.inner_join(here, [pairs[f"{side}_row"] == here[row], pairs[f"{side}_file"] == here[file]])
    return pairs


def _rules(pairs: ibis.Table, books: Books) -> dict[str, ibis.Value]:
    parents = (pairs.one_parent_id == pairs.two_supplier_account_id) | (
        pairs.two_parent_id == pairs.one_supplier_account_id
    )
    unpaid = ibis.literal(False)
    if books.has("Payments_Made"):
        unpaid = (pairs.one_inactive & pairs.one_paid_supplier.isnull()) | (
            pairs.two_inactive & pairs.two_paid_supplier.isnull()
        )
    return {
        _GROUP.id: parents.fill_null(False) | (pairs.one_parent_id == pairs.two_parent_id).fill_null(False),
        _BLOCKED.id: unpaid,
        _PERSONS.id: pairs.different_tax_number & ~pairs.same_bank,
    }


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Both entries of each pair; the exposure is the smaller of what the two were paid."""
    pairs = _pairs(books, parameters)
    comparable = pairs.one_paid_currency == pairs.two_paid_currency
    keys = pairs[SHARED[0]].cast("int64")
    for name in SHARED[1:]:
        keys = keys + pairs[name].cast("int64")
    pairs = pairs.mutate(
        exposure=ibis.ifelse(comparable, ibis.least(pairs.one_paid, pairs.two_paid), no_amount()),
        exposure_currency=ibis.ifelse(comparable, pairs.one_paid_currency, None),
        weight=keys * 10_000 + pairs.score,
        rule=first_of(parameters.dismiss, _rules(pairs, books)),
    )
    return _side(pairs, "one", "two", 0).union(_side(pairs, "two", "one", 1))


def _side(pairs: ibis.Table, side: str, other: str, part: int) -> ibis.Table:
    """One entry of each pair, with the other's number and name beside it."""
    rows = pairs.mutate(
        **{name: pairs[f"{side}_{name.lower()}"] for name in _FIELDS},
        other_id=pairs[f"{other}_supplier_account_id"],
        other_name=pairs[f"{other}_supplier_name"],
    )
    return flagged(
        rows,
        table="Supplier_Listing",
        key=ibis.literal("Suppliers ") + rows.one_supplier_account_id + " and " + rows.two_supplier_account_id,
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Created_At,
        weight=rows.weight,
        fields=_FACTS,
        figures={name: rows[name] for name in (*SHARED, "score", "other_id", "other_name")},
        part=part,
        dismissed=rows.rule,
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Pairs by what they share."""
    pairs = _pairs(books, parameters)
    found = counts(pairs, **{name: pairs[name] for name in SHARED})
    return Measures(
        {"Suppliers": count(books.whole("Supplier_Listing"))}
        | {f"Pairs that share {_WORDS[name]}": found[name] for name in SHARED}
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Both names, how alike they are, what the two share, and how much went to both."""
    shared = [words for name, words in _WORDS.items() if row[name]]
    text = (
        f"Suppliers {row['Supplier_Account_ID']} ({row['Supplier_Name']}) and {row['other_id']} ({row['other_name']}) "
        f"have names that are {row['score'] // 100} % alike, and share {' and '.join(shared)}"
    )
    if row["exception_amount"] is None:
        return f"{text}."
    return f"{text}; each was paid at least {show(row['exception_amount'], row['exception_currency'])} in the period."


PROCEDURE = Procedure(
    id="P2P-08",
    version="1",
    title="Duplicates in the vendor master",
    purpose="Find suppliers listed twice: names are alike, whatever the way to write legal forms, accents and the "
    "order of words, and a bank account, tax number, address, e-mail address or telephone number is the same.",
    standard="ISA 240.A1; ACFE Fraud Examiners Manual (shell companies)",
    inputs=(
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID", "Supplier_Name"),
            optional_columns=(
                "Bank_Account",
                "TIN",
                "Address_Street",
                "Address_Postal_Code",
                "Address_City",
                "Email",
                "Phone",
                "Parent_ID",
                "Active_Status",
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
    false_positives="Branches with accounts of their own, sister companies in one building, suppliers that were "
    "renamed and listed anew.",
    wording=Wording(
        one="pair of suppliers looks like one supplier",
        many="pairs of suppliers look like one supplier each",
        none="No two suppliers look like one.",
    ),
    facts=_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_GROUP, _BLOCKED, _PERSONS),
)
