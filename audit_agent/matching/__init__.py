"""Likeness of names, addresses and invoice numbers, and which pairs are worth comparing. Pure: no books, no I/O."""
