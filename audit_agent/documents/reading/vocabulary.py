"""What documents call things: the phrases of vocabulary.yaml."""

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

_RATE = r"(?:\W*(?:zzgl|plus|add)\b\W*)?(?:\W*\d{1,2}(?:[.,]\d+)? ?%)?"
"""What may stand before the word for a tax: `zzgl. 19 % MwSt.`"""


@lru_cache(maxsize=1)
def _pages() -> dict[str, Any]:
    text = files("audit_agent.documents.reading").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@lru_cache(maxsize=128)
def begins_with(field: str, strength: str = "strong") -> re.Pattern[str]:
    """Matches a text, made `plain`, that begins with one of a field's phrases; longer phrases first."""
    return _beginning(_phrases(field, strength))


def kind_of(text: str) -> str | None:
    """The kind of document whose name begins a text, made `plain`; the longest name wins."""
    found = [(match["phrase"], kind) for kind, phrase in _kinds().items() if (match := phrase.match(text))]
    return max(found, key=lambda one: len(one[0]))[1] if found else None


@lru_cache(maxsize=1)
def _kinds() -> dict[str, re.Pattern[str]]:
    return {kind: _beginning(phrases) for kind, phrases in _pages()["kinds"].items()}


def rank(field: str, phrase: str) -> int:
    """How sure a phrase is, 0 the surest."""
    return [*_phrases(field, "strong"), *_phrases(field, "weak")].index(phrase)


@lru_cache(maxsize=128)
def _phrases(field: str, strength: str) -> tuple[str, ...]:
    entry = _pages()[field]
    phrases = entry.get(strength, []) if isinstance(entry, dict) else entry if strength == "strong" else []
    return tuple(str(phrase) for phrase in phrases)


def _beginning(phrases: tuple[str, ...] | list[str]) -> re.Pattern[str]:
    ordered = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(
        rf"(?:.{{0,200}}[\u2013\u2014\u2212|;\u2022\u00b7] )?{_RATE}\W*(?P<phrase>{ordered or '(?!)'})(?![^\W\d_])"
    )
