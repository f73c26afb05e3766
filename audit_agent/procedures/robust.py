"""Outliers by the robust z-score, in exact decimals.

z = 0.6745 (x - median) / MAD, with MAD the median of the distances to the median: Iglewicz and Hoaglin, How to Detect
and Handle Outliers (ASQC 1993). Where more than half of the values are equal, so that MAD is 0, it is
z = (x - median) / (1.253314 mean distance), as SPSS gives it.
"""

from collections.abc import Sequence
from decimal import Decimal

import ibis

from audit_agent.procedures.procedure import Row

_EXACT = "decimal(38, 6)"
_MAD_FACTOR, _MEAN_FACTOR = Decimal("0.6745"), Decimal("1.253314")
_WHOLE = 10_000

ROBUST = ("twice_middle", "twice_apart", "mad_by_four", "apart_in_all", "observed")
"""What `with_robust` adds. Sums of two middle values stand for twice a median, so that nothing is divided."""


def with_robust(rows: ibis.Table, by: Sequence[str], value: str) -> ibis.Table:
    """Add `ROBUST` of a decimal or whole value within each group; source columns must be there, as they break ties.

    `twice_middle` is twice the median, `twice_apart` twice the distance to it, `mad_by_four` four times MAD,
    `apart_in_all` the sum of `twice_apart`, and `observed` the number of values.
    """
    rows = _with_twice_median(rows, by, value, "twice_middle")
    rows = rows.mutate(twice_apart=(rows[value].cast(_EXACT) * 2 - rows.twice_middle).abs().cast(_EXACT))
    rows = _with_twice_median(rows, by, "twice_apart", "mad_by_four")
    group = ibis.window(group_by=list(by))
    return rows.mutate(apart_in_all=rows.twice_apart.sum().over(group).cast(_EXACT), observed=rows.count().over(group))


def _with_twice_median(rows: ibis.Table, by: Sequence[str], value: str, name: str) -> ibis.Table:
    """Add the sum of the two middle values, or of the one middle value with itself."""
    group = ibis.window(group_by=list(by))
    order = ibis.window(group_by=list(by), order_by=[value, "Source_File", "Source_Row"])
    ranked = rows.mutate(robust_place=ibis.row_number().over(order), robust_count=rows.count().over(group))
    low = ibis.ifelse(ranked.robust_place == (ranked.robust_count - 1) // 2, ranked[value], None)
    high = ibis.ifelse(ranked.robust_place == ranked.robust_count // 2, ranked[value], None)
    twice = low.min().over(group).cast(_EXACT) + high.min().over(group).cast(_EXACT)
    return ranked.mutate(**{name: twice.cast(_EXACT)}).drop("robust_place").drop("robust_count")


def high_outlier(rows: ibis.Table, value: str, z: Decimal, percent: Decimal) -> ibis.Value:
    """Whether z of the value is above `z`, and the value at least `percent` above the median."""
    apart, twice_value = rows.twice_apart, rows[value].cast(_EXACT) * 2
    # Factors are whole numbers, so that no decimal has to be rounded.
    by_mad = apart * int(2 * _MAD_FACTOR * _WHOLE) > rows.mad_by_four * int(z * _WHOLE)
    by_mean = apart * rows.observed * _WHOLE * 10**6 > rows.apart_in_all * int(z * _MEAN_FACTOR * _WHOLE * 10**6)
    far = twice_value * 100 * _WHOLE >= rows.twice_middle * int((100 + percent) * _WHOLE)
    return (twice_value > rows.twice_middle) & far & ibis.ifelse(rows.mad_by_four > 0, by_mad, by_mean)


def robust_z(row: Row) -> Decimal:
    """The z of a value above its median, from the figures that `with_robust` added."""
    if row["mad_by_four"]:
        return Decimal(2 * _MAD_FACTOR * row["twice_apart"] / row["mad_by_four"])
    return Decimal(row["twice_apart"] * row["observed"] / (_MEAN_FACTOR * row["apart_in_all"]))
