"""The terminal surface: starts audits, hands over decisions, shows what stands in the store. It decides nothing."""
