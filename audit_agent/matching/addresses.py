"""Postal addresses as they are compared, and which of them are worth comparing."""

import re
from dataclasses import dataclass
from functools import cached_property

from audit_agent.matching.letters import plain
from audit_agent.matching.names import words_score

SAME_ADDRESS = 0.9
"""From this score on two addresses are taken for one."""

_STREET = re.compile(r"(?:strasse|str)$")
_WORDS = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "boulevard": "blvd", "bd": "blvd", "square": "sq",
    "lane": "ln", "drive": "dr", "place": "pl", "platz": "pl", "court": "ct", "building": "bldg", "saint": "st",
}  # fmt: skip
_IDLE = frozenset("no nr number der die das de du des la le les the of am im an in and".split())
_NUMBER_APART = re.compile(r"(?<=\d) (?=[a-z]\b)")


@dataclass(frozen=True)
class Address:
    """Words and numbers of an address; `12 a` is one number."""

    words: tuple[str, ...]
    numbers: frozenset[str]

    @cached_property
    def blocks(self) -> frozenset[str]:
        """Keys of which two like addresses share at least one: two numbers, or a number with a word's first letters."""
        numbers = sorted(self.numbers)
        pairs = {f"{one}|{other}" for n, one in enumerate(numbers) for other in numbers[n + 1 :]}
        return frozenset(pairs | {f"{one}|{word[:4]}" for one in numbers if len(one) < 5 for word in self.words})

    @property
    def key(self) -> str:
        """The same for every way to write the address in other order; empty without a number and a word."""
        return " ".join((*sorted(self.words), *sorted(self.numbers))) if self.words and self.numbers else ""


def address(*parts: str | None) -> Address:
    """Read an address, whole or in parts: street names short, no punctuation, words that say nothing left out."""
    text = _NUMBER_APART.sub("", plain(" ".join(part for part in parts if part)))
    words, numbers = [], set()
    for word in text.split():
        if any(letter.isdigit() for letter in word):
            numbers.add(word)
        elif word not in _IDLE:
            words.append(_WORDS.get(word) or _STREET.sub("str", word))
    return Address(tuple(dict.fromkeys(word for found in words for word in _split(found))), frozenset(numbers))


def address_score(one: Address, other: Address) -> float:
    """How alike two addresses are; 0 unless all numbers of one are in the other.

    What only one of them says, such as the city, is no loss.
    """
    if not one.numbers or not other.numbers:
        return 0.0
    if not (one.numbers <= other.numbers or other.numbers <= one.numbers):
        return 0.0
    return words_score(one.words, other.words)


def _split(word: str) -> tuple[str, ...]:
    """`hauptstr` as `haupt str`, so that both ways to write it agree."""
    return (word[:-3], "str") if word.endswith("str") and len(word) > 3 else (word,)
