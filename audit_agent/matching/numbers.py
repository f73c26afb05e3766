"""Invoice numbers as typists and scanners confuse them."""

import re

from rapidfuzz.distance import OSA, JaroWinkler

_CONFUSED = str.maketrans("OQDILZSGB", "000112568")
_LEAST = 4
"""Shorter numbers differ in one character too often by themselves."""


def written(number: str | None) -> str:
    """Capitals and digits only, without leading zeros, as `invoices.normalised_number` has it."""
    return re.sub("[^A-Z0-9]", "", (number or "").upper()).lstrip("0")


def as_scanned(number: str) -> str:
    """A written number with letters for the digits that a scanner takes them for: O for 0, I and L for 1, S for 5."""
    return number.translate(_CONFUSED).lstrip("0")


def alike(one: str, other: str, similarity: float) -> bool:
    """Whether two written numbers may be one: the same but for confused characters, or for one slip of the typist.

    A slip adds, leaves out or swaps characters, and leaves the Jaro-Winkler similarity at `similarity` or above.
    Another digit in the same place is no slip: it is the next invoice.
    """
    if not one or not other:
        return False
    if as_scanned(one) == as_scanned(other):
        return True
    if min(len(one), len(other)) < _LEAST or OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    swapped = len(one) != len(other) or sorted(one) == sorted(other)
    return swapped and JaroWinkler.similarity(one, other) >= similarity
