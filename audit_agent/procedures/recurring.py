"""Recurring schedules: the same thing at regular intervals is a contract rather than an error."""

from collections.abc import Sequence

import ibis

RECURRING_BECAUSE = (
    "At least three of the same amount follow each other at regular intervals of six days or more, as rent, leasing "
    "and other contracts do."
)

_SHORTEST, _UNEVEN = 6, 3
"""Days: the shortest interval of a schedule, and how much intervals may differ (months have 28 to 31 days)."""


def with_regularity(rows: ibis.Table, by: Sequence[str], day: str, amount: str) -> ibis.Table:
    """Add `recurring`: whether the rows of each group have one amount and come at regular intervals.

    Source columns must be there, as they order rows of one day.
    """
    order = ibis.window(group_by=list(by), order_by=[day, "Source_File", "Source_Row"])
    rows = rows.mutate(gap_days=rows[day].delta(rows[day].lag().over(order), unit="day"))
    group = ibis.window(group_by=list(by))
    shortest, longest = rows.gap_days.min().over(group), rows.gap_days.max().over(group)
    regular = (shortest >= _SHORTEST) & (longest - shortest <= _UNEVEN)
    same = rows[amount].min().over(group) == rows[amount].max().over(group)
    return rows.mutate(recurring=(rows.count().over(group) >= 3) & regular.fill_null(False) & same)
