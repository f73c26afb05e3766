"""The analyst that needs no key: it plans, drafts findings and writes by rules."""
