"""Texts that people write, as they are compared."""

from collections.abc import Sequence

import ibis

_SHORT = 4


def plain(text: ibis.Value) -> ibis.Value:
    """A text in small letters with single blanks for all punctuation; NULL where nothing is left."""
    return text.fill_null("").lower().re_replace("[[:punct:][:space:]]+", " ").strip().nullif("")


def contains_any(text: ibis.Value, words: Sequence[str]) -> ibis.Value:
    """Whether a text contains one of the words, whatever the case; False for NULL.

    Words of up to four letters must stand alone: `po` is in `PO limit`, not in `Expense report`.
    """
    padded = ibis.literal(" ") + plain(text).fill_null("") + " "
    found = ibis.literal(False)
    for word in words:
        wanted = word.strip().lower()
        found = found | padded.contains(f" {wanted} " if len(wanted) <= _SHORT else wanted)
    return found
