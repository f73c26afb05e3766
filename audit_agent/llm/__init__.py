"""The analyst: plans, findings and prose, by rules or by a model whose every call is in the spend ledger."""
