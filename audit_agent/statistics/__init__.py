"""Exact arithmetic for auditors. Pure: decimals and whole numbers in, decimals out."""
