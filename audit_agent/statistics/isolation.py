"""How easily each of many rows is told from the rest, and by which of its features.

Source: Liu, Ting and Zhou, "Isolation Forest" (ICDM 2008), as scikit-learn has it. It serves ISA 520 and ISA 240.A45.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit_agent.statistics.sampling import Basis, SamplingError

BASIS = Basis(
    "s = 2^(-E(h) / c(n)), h the number of splits until a row is alone", "ISA 520; Liu, Ting and Zhou (2008)", "JE-17"
)
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Isolated:
    """A row: its place among those given, its score between 0 and 1, and what drives it, the strongest first."""

    place: int
    score: float
    drivers: tuple[int, ...]
    """Columns without which (at their usual value) it would be less easily told from the rest."""


def most_isolated(rows: Rows, number: int, trees: int, seed: int) -> tuple[Isolated, ...]:
    """The `number` rows that are most easily isolated, the most isolated first; formula in `BASIS`.

    `rows`: one row per item, one column per feature, no NaN. Equal scores keep the order given. A driver is a column
    whose value, put back to the median of all rows, makes the score fall. Raises SamplingError when there are no rows.
    """
    # Importing scikit-learn takes a second, which only this needs.
    from sklearn.ensemble import IsolationForest

    if not len(rows):
        raise SamplingError("There are no rows to rank.", "Give rows of features.")
    forest = IsolationForest(n_estimators=trees, random_state=seed).fit(rows)
    scores = -forest.score_samples(rows)
    places = np.argsort(-scores, kind="stable")[:number]
    usual = np.median(rows, axis=0)
    falls = np.empty((len(places), rows.shape[1]))
    for column in range(rows.shape[1]):
        put_back = rows[places].copy()
        put_back[:, column] = usual[column]
        falls[:, column] = scores[places] + forest.score_samples(put_back)
    return tuple(
        Isolated(int(place), float(scores[place]), _drivers(fall)) for place, fall in zip(places, falls, strict=True)
    )


def _drivers(falls: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(int(column) for column in np.argsort(-falls, kind="stable") if falls[column] > 0)
