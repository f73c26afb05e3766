"""`audit-agent evaluate`: what the audited values of a sample say of the population."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audit_agent.cli.quantities import as_amount, as_percent
from audit_agent.domain.errors import BadInputError
from audit_agent.statistics.sampling import Likelihood

if TYPE_CHECKING:
    from audit_agent.books.sample_files import SelectionRecord
    from audit_agent.statistics.evaluation import AuditedItem


class EvaluationMethod(StrEnum):
    """Bounds of a rate, the Stringer bound of money, and classical estimators."""

    POISSON = "poisson"
    BINOMIAL = "binomial"
    HYPERGEOMETRIC = "hypergeometric"
    CLOPPER_PEARSON = "clopper-pearson"
    STRINGER = "stringer"
    MEAN_PER_UNIT = "mean-per-unit"
    DIFFERENCE = "difference"
    RATIO = "ratio"
    REGRESSION = "regression"


_RATES = ("poisson", "binomial", "hypergeometric", "clopper-pearson")


def evaluate(
    file: Annotated[Path, typer.Argument(help="A CSV file of the items, with book and audited values.")],
    method: Annotated[EvaluationMethod, typer.Option("--method", help="How to evaluate.")] = EvaluationMethod.STRINGER,
    confidence: Annotated[str, typer.Option("--confidence", metavar="PERCENT", help="50 to 99.9.")] = "95",
    selection: Annotated[
        Path | None, typer.Option("--selection", help="The record that `select` wrote; tells of the population.")
    ] = None,
    sampled_value: Annotated[
        str | None,
        typer.Option("--population-value", metavar="AMOUNT", help="Book value that the drawn items stand for."),
    ] = None,
    sampled_items: Annotated[
        int | None, typer.Option("--population-items", min=1, help="Number of items that the drawn ones stand for.")
    ] = None,
    tolerable: Annotated[
        str | None, typer.Option("--tolerable", help="A rate like 5%, or a misstatement like 50000, to compare with.")
    ] = None,
    factors: Annotated[
        Likelihood, typer.Option("--likelihood", help="Whose upper rates the Stringer bound takes.")
    ] = Likelihood.BINOMIAL,
    book: Annotated[str, typer.Option("--book", metavar="COLUMN", help="The column of book values.")] = "Book_Value",
    audited: Annotated[
        str, typer.Option("--audited", metavar="COLUMN", help="The column of audited values.")
    ] = "Audited_Value",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Project the errors of a sample onto its population, with bounds at the confidence asked for."""
    from audit_agent.books.sample_files import audited_items, load_record
    from audit_agent.cli.sampling_output import show

    level = as_percent(confidence, "--confidence")
    items = audited_items(file, book, audited)
    record = load_record(selection) if selection else None
    value = as_amount(sampled_value, "--population-value") if sampled_value else None
    number = sampled_items
    if record is not None:
        _check(record, method, items)
        value = record.sampled_value if value is None else value
        number = number or _population(record)
    result = _evaluated(method, items, level, value, number, factors)
    more: dict[str, Any] = {"method": method.value, "confidence": level}
    if tolerable:
        more |= _compared(result, tolerable, value, method)
    show(result, as_json, more)


def _population(record: "SelectionRecord") -> int:
    """What was drawn from: items, or whole units of money."""
    from audit_agent.statistics.selection import Units

    return int(record.sampled_value) if record.units is Units.MONEY else record.sampled_items


def _check(record: "SelectionRecord", method: EvaluationMethod, items: "Sequence[AuditedItem]") -> None:
    from audit_agent.statistics.selection import Units

    if len(items) != record.chosen_items:
        raise BadInputError(
            f"{record.chosen_items} items were chosen, {len(items)} are given.",
            "Evaluate every chosen item. What cannot be audited counts as wholly in error (ISA 530.11).",
        )
    if sum((item.book for item in items), Decimal(0)) != record.chosen_value:
        raise BadInputError(
            f"The book values of the items do not sum to {record.chosen_value:f}, as those chosen do.",
            "Leave book values as they were chosen, and write what was found into the column of audited values.",
        )
    by_money = record.units is Units.MONEY
    if by_money and method.value in {"mean-per-unit", "difference", "ratio", "regression"}:
        raise BadInputError(
            f"The items were drawn by money; {method.value} needs equal chances for each item.",
            "Use --method stringer, or select with --units items.",
        )
    if not by_money and method is EvaluationMethod.STRINGER:
        raise BadInputError(
            "The items were drawn with equal chances; the Stringer bound needs draws by money.",
            "Use an estimator such as --method difference, or a bound of the rate such as binomial.",
        )


def _evaluated(
    method: EvaluationMethod,
    items: "Sequence[AuditedItem]",
    level: Decimal,
    value: Decimal | None,
    number: int | None,
    factors: Likelihood,
) -> Any:
    from audit_agent.statistics.estimators import Estimator
    from audit_agent.statistics.evaluation import evaluate_estimate, evaluate_money, evaluate_rate

    if method.value in _RATES:
        if method is EvaluationMethod.HYPERGEOMETRIC and number is None:
            raise BadInputError("There is no number of items.", "Give --selection, or --population-items.")
        likelihood = None if method is EvaluationMethod.CLOPPER_PEARSON else Likelihood(method.value)
        return evaluate_rate(items, level, likelihood, number)
    if value is None:
        raise BadInputError("There is no value of the population.", "Give --selection, or --population-value.")
    if method is EvaluationMethod.STRINGER:
        return evaluate_money(items, value, level, factors)
    if number is None:
        raise BadInputError("There is no number of items.", "Give --selection, or --population-items.")
    return evaluate_estimate(items, Estimator(method.value), value, number, level)


def _compared(result: Any, tolerable: str, value: Decimal | None, method: EvaluationMethod) -> dict[str, Any]:
    """Whether the worst bound stays within what is tolerable (ISA 530.15)."""
    if method.value in _RATES:
        limit = as_percent(tolerable, "--tolerable")
        return {"tolerable_percent": limit, "within_tolerable": result.upper * 100 <= limit}
    limit = as_amount(tolerable, "--tolerable", value)
    if method is EvaluationMethod.STRINGER:
        worst = max(result.upper_overstatement, result.upper_understatement)
    else:
        worst = max(abs(result.lower), abs(result.upper))
    return {"tolerable": limit, "within_tolerable": worst <= limit}
