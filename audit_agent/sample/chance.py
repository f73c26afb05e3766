"""Chance without floats: the same seed gives the same cents on every machine."""

from decimal import Context, Decimal
from random import Random

_EXACT_ENOUGH = Context(prec=16)


def stream(seed: int, name: str) -> Random:
    """A generator of its own for each business cycle, so that a change in one leaves the others as they were."""
    return Random(f"{seed}/{name}")


def lognormal(rng: Random, median: int, sigma: str) -> int:
    """An amount in cents, log-normal around a median in whole currency units.

    A log-normal with sigma of 1.2 and more spans several decades and so conforms to Benford's law
    (Nigrini 2012, ch. 3). The normal variate is the sum of twelve uniforms less six.
    """
    uniforms = sum(rng.getrandbits(20) for _ in range(12)) - (6 << 20)
    power = _EXACT_ENOUGH.multiply(Decimal(sigma), _EXACT_ENOUGH.divide(Decimal(uniforms), Decimal(1 << 20)))
    return max(1, int(median * 100 * _EXACT_ENOUGH.exp(power)))


def permille(cents: int, share: int) -> int:
    """That many thousandths of an amount in cents, rounded half up."""
    return (cents * share * 2 + 1000) // 2000


def split(rng: Random, total: int, parts: int) -> list[int]:
    """An amount in cents, cut into so many parts of at least one twentieth of an even share each."""
    weights = [rng.randrange(50, 1000) for _ in range(parts)]
    shares = [total * weight // sum(weights) for weight in weights]
    shares[-1] += total - sum(shares)
    return shares
