"""The catalogue of deterministic audit procedures, one file each, and what performs them."""
