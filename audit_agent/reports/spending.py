"""What stands below the tables of spend, in sentences."""

from collections.abc import Iterator
from decimal import Decimal

from audit_agent.domain.spend import Purpose, SpendLine, SpendSummary, in_dollars
from audit_agent.domain.wording import counted
from audit_agent.reports.run import Run
from audit_agent.reports.wording import moment

_CENT = Decimal("0.01")


def spend_in_words(run: Run) -> str:
    """What was free, what caching saved, what was estimated, and the budget with its raises."""
    return " ".join(_sentences(run))


def _sentences(run: Run) -> Iterator[str]:
    if run.spend is not None:
        yield f"{counted(run.spend.reused, 'answer')} taken from the ledger at no cost."
    if run.saved is not None and abs(run.saved) >= _CENT:
        saved = run.saved > 0
        yield f"The service's prompt cache {'saved' if saved else 'cost'} {in_dollars(abs(run.saved))}."
    if run.spend is not None and run.estimate is not None:
        yield f"Estimated with the plan: {run.estimate.in_a_line.removeprefix('Model: ')}."
        yield f"Reading them has cost {_documents(run.spend)}."
    yield f"Budget: {'no limit' if run.budget is None else in_dollars(run.budget)}."
    for raised in run.raises:
        yield f"Raised from {in_dollars(raised.before)} to {in_dollars(raised.limit)} on {moment(raised.at)}."


def _documents(spend: SpendSummary) -> str:
    lines = [line for line in spend.by_purpose if Purpose.of_call(line.name).work == "document"]
    total = sum(lines, SpendLine(name="documents"))
    return "an amount that is not known" if total.cost is None else in_dollars(total.cost)
