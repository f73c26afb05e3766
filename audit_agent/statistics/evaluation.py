"""What a sample says of its population (ISA 530.13-.15; ISA 450.5).

Items of the top stratum were all looked at: what is wrong in them is known, and is added to what the others project.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from audit_agent.statistics.bounds import BASES, CLOPPER_PEARSON, clopper_pearson, upper_rate
from audit_agent.statistics.estimators import Estimate, Estimator, estimate
from audit_agent.statistics.sampling import Basis, Likelihood, SamplingError
from audit_agent.statistics.stringer import BASIS, stringer

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class AuditedItem:
    """An item with its value in the books and as audited; `hits` is how often it was drawn, `top` that it had to be."""

    book: Decimal
    audited: Decimal
    hits: int = 1
    top: bool = False

    @property
    def misstatement(self) -> Decimal:
        """Book less audited value: above 0 the books overstate."""
        return self.book - self.audited


@dataclass(frozen=True)
class RateEvaluation:
    """How many drawn items are in error, as shares; `lower` is given by two-sided limits only."""

    size: int
    errors: int
    likely: Decimal
    lower: Decimal | None
    upper: Decimal
    top_errors: int
    basis: Basis


@dataclass(frozen=True)
class MoneyEvaluation:
    """Misstatement in money. Over- and understatements are bounded apart; `likely` nets them.

    `size` and `errors` are those of the draws; the top stratum's are known, not projected, and counted apart.
    """

    size: int
    errors: int
    top_errors: int
    likely: Decimal
    basic_precision: Decimal
    upper_overstatement: Decimal
    upper_understatement: Decimal
    top_misstatement: Decimal
    basis: Basis


@dataclass(frozen=True)
class EstimateEvaluation:
    """An estimate of the items that were not certain, and what is known of those that were."""

    size: int
    errors: int
    top_errors: int
    estimate: Estimate
    likely: Decimal
    precision: Decimal
    lower: Decimal
    upper: Decimal
    top_misstatement: Decimal
    basis: Basis


def evaluate_rate(
    items: Sequence[AuditedItem],
    confidence: Decimal = Decimal(95),
    likelihood: Likelihood | None = Likelihood.BINOMIAL,
    population: int | None = None,
) -> RateEvaluation:
    """Rate of items whose audited value differs from the books': likeliest, and its bound by `likelihood`.

    Without a likelihood the two-sided limits of Clopper and Pearson. Formulas in `bounds.BASES` (ISA 530.14; AICPA
    Audit Sampling, table A-3); `population` is the number of items that the drawn ones stand for. Raises SamplingError.
    """
    drawn = _drawn(items)
    size = sum(item.hits for item in drawn)
    errors = sum(item.hits for item in drawn if item.misstatement)
    top = sum(1 for item in items if item.top and item.misstatement)
    likely = (Decimal(errors) / size).quantize(Decimal("0.0000000001"))
    if likelihood is None:
        lower, upper = clopper_pearson(errors, size, confidence)
        return RateEvaluation(size, errors, likely, lower, upper, top, CLOPPER_PEARSON)
    upper = upper_rate(errors, size, confidence, likelihood, population)
    return RateEvaluation(size, errors, likely, None, upper, top, BASES[likelihood])


def evaluate_money(
    items: Sequence[AuditedItem],
    sampled_value: Decimal,
    confidence: Decimal = Decimal(95),
    likelihood: Likelihood = Likelihood.BINOMIAL,
) -> MoneyEvaluation:
    """Project taints of items drawn by money onto the book value they stand for, with Stringer's bound either way.

    Likely misstatement = sampled value x sum of taints / draws + what is known of the top stratum; formula of the bound
    in `stringer.BASIS` (ISA 530.14, A22; ISA 450.5; AICPA Audit Sampling, chapter 6). Hypergeometric rates are those of
    whole units of money. Raises SamplingError for
    an item without a positive book value.
    """
    drawn = _drawn(items)
    if any(item.book <= 0 for item in drawn):
        raise SamplingError(
            "A drawn item has no positive book value.", "Such items are not drawn by money; leave it out."
        )
    if sampled_value <= 0:
        raise SamplingError(
            f"The sampled value is {sampled_value:f}.", "Give the book value of all but the top stratum."
        )
    _enough(sampled_value, sum((item.book for item in drawn), Decimal(0)), "value")
    size = sum(item.hits for item in drawn)
    taints = [item.misstatement / item.book for item in drawn for _ in range(item.hits) if item.misstatement]
    units = int(sampled_value)
    over = stringer([taint for taint in taints if taint > 0], size, confidence, likelihood, units)
    under = stringer([-taint for taint in taints if taint < 0], size, confidence, likelihood, units)
    known = [item.misstatement for item in items if item.top]
    top_over = sum((one for one in known if one > 0), Decimal(0))
    top_under = -sum((one for one in known if one < 0), Decimal(0))
    return MoneyEvaluation(
        size=size,
        errors=len(taints),
        top_errors=sum(1 for one in known if one),
        likely=(sampled_value * (over.likely - under.likely) + top_over - top_under).quantize(_CENT),
        basic_precision=_up(sampled_value * over.basic_precision),
        upper_overstatement=_up(sampled_value * over.upper + top_over),
        upper_understatement=_up(sampled_value * under.upper + top_under),
        top_misstatement=top_over - top_under,
        basis=BASIS,
    )


def evaluate_estimate(
    items: Sequence[AuditedItem],
    estimator: Estimator,
    sampled_value: Decimal,
    sampled_items: int,
    confidence: Decimal = Decimal(95),
) -> EstimateEvaluation:
    """Misstatement by a classical estimator of items drawn with equal chances; formulas in `estimators.BASES`.

    Source: ISA 530.14; AICPA Audit Sampling, chapter 7. Raises SamplingError for items that were drawn more than once.
    """
    drawn = _drawn(items)
    if any(item.hits != 1 for item in drawn):
        raise SamplingError("An item was drawn more than once.", "Estimators need items drawn without replacement.")
    _enough(sampled_value, sum((item.book for item in drawn), Decimal(0)), "value")
    _enough(Decimal(sampled_items), Decimal(len(drawn)), "number of items")
    pairs = [(item.book, item.audited) for item in drawn]
    found = estimate(estimator, pairs, sampled_value, sampled_items, confidence)
    top = sum((item.misstatement for item in items if item.top), Decimal(0))
    likely = found.misstatement + top
    return EstimateEvaluation(
        size=len(drawn),
        errors=sum(1 for item in drawn if item.misstatement),
        top_errors=sum(1 for item in items if item.top and item.misstatement),
        estimate=found,
        likely=likely,
        precision=found.precision,
        lower=likely - found.precision,
        upper=likely + found.precision,
        top_misstatement=top,
        basis=found.basis,
    )


def _drawn(items: Sequence[AuditedItem]) -> list[AuditedItem]:
    drawn = [item for item in items if not item.top]
    if not drawn:
        raise SamplingError("No item was drawn by chance.", "What is wrong in the top stratum is known; add it up.")
    return drawn


def _enough(population: Decimal, drawn: Decimal, what: str) -> None:
    if population < drawn:
        raise SamplingError(
            f"The {what} of the population is {population:,f}, and that of the drawn items alone is {drawn:,f}.",
            "Give what the drawn items stand for, which is as much as their own at least.",
        )


def _up(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_CEILING)
