"""The analyst that asks Anthropic's models, within bounds that code checks."""
