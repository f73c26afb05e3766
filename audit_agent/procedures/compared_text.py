"""Texts that people write, as they are compared."""

import re
from collections.abc import Sequence

import ibis


def plain(text: ibis.Value) -> ibis.Value:
    """A text in small letters with single blanks for all punctuation; NULL where nothing is left."""
    return text.fill_null("").lower().re_replace("[[:punct:][:space:]]+", " ").strip().nullif("")


def says(text: ibis.Value, phrases: Sequence[str]) -> ibis.Value:
    """Whether the text has one of the phrases as whole words: `FINAL_APPROVED` says `approved`, `unpaid` not `paid`.

    Case and punctuation do not matter; no text says nothing.
    """
    found, said = ibis.literal(False), ibis.literal(" ") + plain(text).fill_null("") + " "
    for phrase in phrases:
        words = re.sub(r"[\W_]+", " ", phrase.lower()).strip()
        found = found | said.contains(f" {words} ")
    return found
