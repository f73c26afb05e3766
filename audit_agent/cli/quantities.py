"""Rates, amounts and pairs as people type them on the command line."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import typer

_MOST_PLACES = 30


def as_percent(text: str, option: str) -> Decimal:
    """Percent from `5` or `5%`; raises BadParameter for anything else.

    A bare number between 0 and 1 is refused: `0.05` might mean 5% as well as 0.05%.
    """
    share = text.strip().removesuffix("%")
    number = _number(share, text, option)
    if share == text.strip() and 0 < number < 1:
        raise typer.BadParameter(
            f"{text!r} may be {number * 100:f}% or {number:f}%. Write the % sign.", param_hint=option
        )
    return number


def as_amount(text: str, option: str, whole: Decimal | None = None) -> Decimal:
    """An amount from `50000`, or from `5%` where there is a whole to take it of; raises BadParameter."""
    share = text.strip().removesuffix("%")
    if share != text.strip():
        if whole is None:
            raise typer.BadParameter(f"{text!r} is no amount.", param_hint=option)
        return whole * _number(share, text, option) / 100
    return _number(share, text, option)


def as_pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Names and values from texts like `name=value`; raises BadParameter."""
    if wrong := [text for text in given if "=" not in text]:
        raise typer.BadParameter(f"{', '.join(wrong)}: write name=value.", param_hint=option)
    return {name.strip(): value for name, _, value in (text.partition("=") for text in given)}


def _number(digits: str, text: str, option: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation:
        number = Decimal("NaN")
    # Beyond this an exponent alone would fill the memory, and nobody's books have such amounts.
    if number.is_finite() and abs(number.adjusted()) > _MOST_PLACES:
        raise typer.BadParameter(f"{text[:40]!r} is out of bounds.", param_hint=option)
    if not number.is_finite():
        raise typer.BadParameter(f"{text!r} is no number. Write it like 1234.56.", param_hint=option)
    return number
