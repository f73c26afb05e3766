"""Investigating: read-only tools over frozen books and documents, and the check of what is concluded from them."""
