"""Words and limits that planning, selecting and evaluating a sample share (ISA 530.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from audit_agent.domain.errors import BadInputError

LOWEST_CONFIDENCE, HIGHEST_CONFIDENCE = Decimal(50), Decimal("99.9")


class SamplingError(BadInputError):
    """No sample size, selection or bound follows from what was given."""


class Likelihood(StrEnum):
    """How errors in a sample are taken to be distributed."""

    POISSON = "poisson"
    BINOMIAL = "binomial"
    HYPERGEOMETRIC = "hypergeometric"


@dataclass(frozen=True)
class Basis:
    """Where a figure comes from: its formula, the standard and paragraph or table, and the test's catalogue number."""

    formula: str
    standard: str
    catalogue: str


def risk(confidence: Decimal) -> Fraction:
    """One less the confidence, as a share: 95 (percent) gives 1/20. Raises SamplingError outside 50-99.9%."""
    if not LOWEST_CONFIDENCE <= confidence <= HIGHEST_CONFIDENCE:
        raise SamplingError(
            f"The confidence is {confidence:f}%.",
            f"Give {LOWEST_CONFIDENCE:f} to {HIGHEST_CONFIDENCE:f} percent, such as 95.",
        )
    return 1 - Fraction(confidence) / 100


def needed(values: Mapping[str, object]) -> None:
    """Raise SamplingError that names every one of these values that is None."""
    if missing := [name for name, value in values.items() if value is None]:
        raise SamplingError(f"There is no {' and no '.join(missing)}.", "Give it; the method cannot do without.")
