"""The data under audit: importing, canonical tables, freezing, and reading them back."""
