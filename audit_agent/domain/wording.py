"""Numbers with their nouns, as people read them."""

from decimal import Decimal


def counted(count: int | Decimal, one: str, many: str = "") -> str:
    """A number with its noun: `1 row`, `12,345 rows`; `many` where the plural is not the noun with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
