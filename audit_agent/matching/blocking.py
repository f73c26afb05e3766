"""Which pairs are worth comparing: those that share a key, so that never all pairs are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

LARGEST, NEIGHBOURS = 30, 10
"""A key that more than the first share marks none of them; there each meets only so many that follow it in order."""


def pairs_to_compare(blocks: Iterable[Sequence[int]], order: Callable[[int], Any]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers within each block, the smaller first, each once however many blocks it is in.

    A block of n gives n(n-1)/2 pairs up to `LARGEST`, and at most n * `NEIGHBOURS` of what lies side by side by `order`
    beyond, so that the pairs grow with the blocks and not with their squares.
    """
    seen: set[tuple[int, int]] = set()
    for block in blocks:
        small = len(block) <= LARGEST
        members = block if small else sorted(block, key=lambda number: (order(number), number))
        reach = len(block) if small else NEIGHBOURS
        for position, one in enumerate(members):
            for two in members[position + 1 : position + 1 + reach]:
                pair = (min(one, two), max(one, two))
                if pair not in seen:
                    seen.add(pair)
                    yield pair
