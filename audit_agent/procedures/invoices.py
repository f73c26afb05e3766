"""What invoice procedures share: which are credit notes, and how numbers are compared."""

from collections.abc import Sequence
from decimal import Decimal

import ibis

from audit_agent.procedures.exact import money
from audit_agent.procedures.procedure import Books

INVOICE_FACTS = ("Invoice_ID", "Invoice_Number", "Invoice_Date", "Supplier_Account_ID", "PO_ID", "Entered_By")
"""Fields of an invoice that readers of an exception, and whoever stops its payment, ask for first."""

CREDIT_NOTE_WORDS = ("credit", "gutschrift", "avoir", "storno", "reversal")


def received_invoices(books: Books, *, whole: bool = False) -> ibis.Table:
    """Invoices_Received with `Currency`, which is never empty; `whole` also those outside the period."""
    invoices = books.whole("Invoices_Received") if whole else books.table("Invoices_Received")
    return invoices.mutate(Currency=invoices.Amount_Currency.fill_null(books.currency))


def is_credit_note(invoices: ibis.Table, words: Sequence[str]) -> ibis.Value:
    """Whether the amount is negative or the invoice type contains one of the words."""
    kind = invoices.Invoice_Type_Name.fill_null("").lower()
    found = invoices.Invoice_Amount < money(Decimal(0))
    for word in words:
        found = found | kind.contains(word.lower())
    return found


def normalised_number(number: ibis.Value) -> ibis.Value:
    """Capitals and digits only, without leading zeros: `re 0042-a` becomes `RE0042A`, `0042` becomes `42`."""
    return number.fill_null("").upper().re_replace("[^A-Z0-9]", "").re_replace("^0+", "")
