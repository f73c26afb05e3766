"""What confirmed balances say of all receivables (ISA 530.13-.15; ISA 505.16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from audit_agent.domain.money import show
from audit_agent.statistics.estimators import Estimator
from audit_agent.statistics.evaluation import AuditedItem, evaluate_estimate, evaluate_money
from audit_agent.statistics.sampling import Basis

Method = Literal["as_drawn", "monetary-unit", "ratio", "mean-per-unit", "difference"]


@dataclass(frozen=True)
class Projection:
    """Misstatement of the population: above 0 the books overstate. `over` and `under` are the limits either way."""

    method: str
    likely: Decimal
    over: Decimal
    under: Decimal
    known: Decimal
    size: int
    errors: int
    basis: Basis

    def statistics(self, currency: str, confidence: Decimal) -> dict[str, str]:
        """As figures of a workpaper."""
        return {
            "Projected by": self.method,
            "Formula": f"{self.basis.formula} ({self.basis.standard})",
            "Items drawn by chance, of these in error": f"{self.size:,}, {self.errors:,}",
            "Misstatement in items that were certain to be asked": show(self.known, currency),
            "Likely misstatement": show(self.likely, currency),
            f"Upper limit of overstatement at {confidence:f}%": show(self.over, currency),
            f"Upper limit of understatement at {confidence:f}%": show(self.under, currency),
        }


def projected(
    items: Sequence[AuditedItem], method: Method, value: Decimal, number: int, confidence: Decimal, *, drawn: bool
) -> Projection:
    """Project items onto a population of that value and number, both with the items that were certain to be asked.

    `as_drawn` takes monetary units where the books say how often each item was `drawn`, else the ratio. Formulas in
    `statistics.stringer` and `statistics.estimators`. Raises SamplingError.
    """
    if method == "as_drawn":
        method = "monetary-unit" if drawn else "ratio"
    top = [item for item in items if item.top]
    rest = value - sum((item.book for item in top), Decimal(0))
    if method == "monetary-unit":
        money = evaluate_money(items, rest, confidence)
        return Projection(
            method, money.likely, money.upper_overstatement, money.upper_understatement, money.top_misstatement,
            money.size, money.errors, money.basis,
        )  # fmt: skip
    found = evaluate_estimate(items, Estimator(method), rest, number - len(top), confidence)
    return Projection(
        method, found.likely, max(found.upper, Decimal(0)), max(-found.lower, Decimal(0)), found.top_misstatement,
        found.size, found.errors, found.basis,
    )  # fmt: skip


def audited_items(rows: Sequence[Mapping[str, object]], top_words: Sequence[str]) -> tuple[AuditedItem, ...]:
    """Rows with `Book_Amount`, `audited`, `Sample_Hits` and `Stratum` as items of a sample."""
    return tuple(
        AuditedItem(
            book=Decimal(str(row["Book_Amount"])),
            audited=Decimal(str(row["audited"])),
            hits=int(str(row["Sample_Hits"])) if row["Sample_Hits"] is not None else 1,
            top=any(word.lower() in str(row["Stratum"] or "").lower() for word in top_words),
        )
        for row in rows
    )
