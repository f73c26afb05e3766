"""Placing and releasing payment holds: in the register alone, or in a payment system behind it."""
