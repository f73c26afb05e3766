"""Exact money. A float never touches an amount."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from audit_agent.domain.record import Record

_EXPONENTS = {
    **dict.fromkeys(("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF").split(), 0),
    **dict.fromkeys(("BHD IQD JOD KWD LYD OMR TND").split(), 3),
}


def exponent(currency: str) -> int:
    """Decimal places of a currency (ISO 4217): 0 for JPY, 3 for KWD, 2 for most and for unknown codes."""
    return _EXPONENTS.get(currency.upper(), 2)


def quantize(amount: Decimal, currency: str) -> Decimal:
    """The amount at the currency's exponent, half to even."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_EVEN)


def show(amount: Decimal, currency: str = "") -> str:
    """An amount for people, with thousands separators: `12,345.60 EUR`."""
    text = f"{quantize(amount, currency):,f}"
    return f"{text} {currency}".strip()


class Money(Record):
    """An amount of one currency (ISO 4217)."""

    amount: Decimal
    currency: str


def totals(amounts: Iterable[tuple[Decimal | None, str]]) -> tuple[Money, ...]:
    """The sum of each currency, by its code; what has no amount counts for nothing."""
    sums: dict[str, Decimal] = {}
    for amount, currency in amounts:
        if amount is not None:
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return tuple(Money(amount=sums[currency], currency=currency) for currency in sorted(sums))
