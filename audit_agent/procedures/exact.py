"""Exact arithmetic in expressions: decimals stay decimals on every engine, whole numbers carry digits and tiers."""

from decimal import Decimal

import ibis

MONEY = "decimal(18, 4)"
TOTAL = "decimal(38, 4)"
_TEN_THOUSANDTHS = 10_000


def money(value: Decimal) -> ibis.Value:
    """An amount as a literal of the canonical type; an untyped one would lose its fourth place on DuckDB."""
    return ibis.literal(value, MONEY)


def no_amount() -> ibis.Value:
    """No amount, typed as a total."""
    return ibis.null(TOTAL)


def ten_thousandths(amount: ibis.Value) -> ibis.Value:
    """The absolute amount as a whole number of ten-thousandths, which fits 64 bits for every canonical amount."""
    return (amount.abs() * _TEN_THOUSANDTHS).cast("int64")


def is_multiple(amount: ibis.Value, unit: Decimal) -> ibis.Value:
    """Whether the amount is a whole multiple of the unit. Zero is one."""
    return ten_thousandths(amount) % int(unit * _TEN_THOUSANDTHS) == 0


def share(rank: ibis.Value, count: ibis.Value) -> ibis.Value:
    """(count - rank + 1) / count as a decimal with four places, rounded down: 1 for the first rank."""
    return (((count - rank + 1) * _TEN_THOUSANDTHS) // count).cast(MONEY) * ibis.literal(
        Decimal("0.0001"), "decimal(5, 4)"
    )


def in_keys(amount: ibis.Value) -> ibis.Value:
    """An amount as the text of a key: `45425.45`, with four places only where it has them."""
    return amount.cast(MONEY).cast("string").re_replace("00$", "")
