"""What procedures about suppliers and their payments share: names, accounts and addresses as they are compared."""

import ibis

from audit_agent.procedures.procedure import Books

PAYMENT_FACTS = ("Payment_ID", "Payment_Date", "Supplier_Account_ID", "Reference_Number", "Entered_By")
"""Fields of a payment that readers of an exception ask for first."""


def payments_made(books: Books, *, whole: bool = False) -> ibis.Table:
    """Payments_Made that were not voided, with `Currency`, which is never empty; `whole` also outside the period."""
    payments = books.whole("Payments_Made") if whole else books.table("Payments_Made")
    payments = payments.mutate(Currency=payments.Amount_Currency.fill_null(books.currency))
    return payments.filter(~payments.Voided.fill_null(False))


def account_number(account: ibis.Value) -> ibis.Value:
    """A bank account in capitals and digits only; NULL where nothing is left, so that blanks never match."""
    return account.fill_null("").upper().re_replace("[^A-Z0-9]", "").nullif("")


def plain(text: ibis.Value) -> ibis.Value:
    """A text in small letters with single blanks for all punctuation; NULL where nothing is left."""
    return text.fill_null("").lower().re_replace("[[:punct:][:space:]]+", " ").strip().nullif("")


def with_names(rows: ibis.Table, books: Books) -> ibis.Table:
    """Add `supplier_name`, NULL where the books have no listing or no name."""
    if not books.has("Supplier_Listing"):
        return rows.mutate(supplier_name=ibis.null("string"))
    listing = books.whole("Supplier_Listing")
    names = listing.group_by(listed=listing.Supplier_Account_ID).aggregate(supplier_name=listing.Supplier_Name.min())
    return rows.left_join(names, rows.Supplier_Account_ID == names.listed).drop("listed")
