"""What procedures on the vendor master share: one row per supplier, and keys that either agree or do not."""

import ibis

from audit_agent.procedures.procedure import Books


def hard_text(text: ibis.Value) -> ibis.Value:
    """Capitals and digits only: `de89 3704 0044` becomes `DE8937040044`; empty where there is no text."""
    return text.fill_null("").upper().re_replace("[^A-Z0-9]", "")


def listed_suppliers(books: Books) -> ibis.Table:
    """One row of Supplier_Listing per supplier, the last to change its bank details, with `supplier` as compared."""
    listing = books.whole("Supplier_Listing")
    listing = listing.mutate(supplier=hard_text(listing.Supplier_Account_ID))
    order = ibis.window(
        group_by="supplier", order_by=[listing.Bank_Changed_At.desc(nulls_first=False), "Source_File", "Source_Row"]
    )
    return listing.mutate(listed=ibis.row_number().over(order)).filter(lambda rows: rows.listed == 0)
