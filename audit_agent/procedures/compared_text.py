"""Texts that people write, as they are compared."""

import ibis


def plain(text: ibis.Value) -> ibis.Value:
    """A text in small letters with single blanks for all punctuation; NULL where nothing is left."""
    return text.fill_null("").lower().re_replace("[[:punct:][:space:]]+", " ").strip().nullif("")
