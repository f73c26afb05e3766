"""Calls sent together at half price. They only fill the ledger ahead of whoever asks."""
