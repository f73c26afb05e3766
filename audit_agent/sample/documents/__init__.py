"""The documents that support the sample company's books: invoices as their senders laid them out."""
