"""Isolation: what is apart comes first, and is told by the feature in which it is apart."""

from random import Random

import numpy as np
import pytest

from audit_agent.statistics.isolation import Rows, most_isolated
from audit_agent.statistics.sampling import SamplingError


def crowd(number: int = 500) -> Rows:
    drawn = Random(3)
    return np.array([[drawn.gauss(0, 1), drawn.gauss(10, 2), drawn.gauss(-5, 1)] for _ in range(number)])


def test_what_is_apart_comes_first_and_its_driver_is_the_feature() -> None:
    rows = crowd()
    rows[321, 1] = 90

    first = most_isolated(rows, 3, 100, 1)[0]

    assert (first.place, first.drivers[0]) == (321, 1)


def test_scores_fall_and_lie_between_0_and_1() -> None:
    scores = [one.score for one in most_isolated(crowd(), 20, 100, 1)]

    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)


def test_the_same_seed_gives_the_same_ranks() -> None:
    assert most_isolated(crowd(), 10, 50, 7) == most_isolated(crowd(), 10, 50, 7)


def test_a_feature_at_its_usual_value_drives_nothing() -> None:
    rows = crowd()
    rows[0] = [40, np.median(rows[:, 1]), np.median(rows[:, 2])]

    first = most_isolated(rows, 1, 100, 1)[0]

    assert (first.place, first.drivers) == (0, (0,))


def test_nothing_to_rank_is_refused() -> None:
    with pytest.raises(SamplingError, match="no rows"):
        most_isolated(np.empty((0, 3)), 1, 10, 1)
