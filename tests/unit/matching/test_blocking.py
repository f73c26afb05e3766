"""Pairs worth comparing are few, whatever the size of a block."""

from audit_agent.matching.blocking import LARGEST, NEIGHBOURS, pairs_to_compare


def test_a_small_block_is_compared_in_full_and_a_pair_of_two_blocks_once() -> None:
    pairs = list(pairs_to_compare([[3, 1, 2], [1, 3]], order=lambda number: number))

    assert sorted(pairs) == [(1, 2), (1, 3), (2, 3)]
    assert len(pairs) == 3


def test_a_large_block_gives_only_neighbours_in_order() -> None:
    size = LARGEST * 100

    pairs = set(pairs_to_compare([range(size)], order=lambda number: -number))

    assert len(pairs) <= size * NEIGHBOURS
    assert (0, 1) in pairs
    assert (0, NEIGHBOURS + 1) not in pairs
