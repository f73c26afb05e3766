"""A seeded item while the books are being written, before journals and documents have numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from audit_agent.sample.ledger import Journal, Visible
from audit_agent.sample.purchasing import Invoice, Order
from audit_agent.sample.truth import TruthItem, Where


@dataclass(frozen=True)
class Seeded:
    """An irregularity, or a look-alike when `why` says that it is legitimate. The amount is in cents."""

    procedure: str
    kind: str
    description: str
    journals: Sequence[Journal] = ()
    invoices: Sequence[Invoice] = ()
    orders: Sequence[Order] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amount: int | None = None
    why: str = ""

    def item(self, number: int) -> TruthItem:
        """The truth of it, once everything has its number."""
        fields: dict[str, tuple[str, ...]] = dict(self.fields)
        if self.journals:
            fields["Journal_ID"] = _numbers(self.journals, with_neighbours=self.procedure == "JE-03")
        if self.invoices:
            fields["Invoice_ID"] = tuple(invoice.id for invoice in self.invoices)
        if self.orders:
            fields["PO_ID"] = tuple(order.id for order in self.orders)
        return TruthItem(
            id=f"{'L' if self.why else 'I'}{number:02d}",
            procedure=self.procedure,
            kind=self.kind,
            description=self.description,
            where=Where(table="Invoices_Received" if self.invoices else "GL_Detail", fields=fields),
            amount=None if self.amount is None else Decimal(self.amount).scaleb(-2),
            legitimate=bool(self.why),
            why=self.why,
        )


def _numbers(journals: Sequence[Journal], *, with_neighbours: bool) -> tuple[str, ...]:
    """The journals' numbers; a gap can only be shown by the numbers on either side of it."""
    numbers = list(dict.fromkeys(journal.id for journal in journals))
    if with_neighbours and journals[0].visible in (Visible.NEITHER, Visible.LOG_ONLY):
        numbers = [_shifted(numbers[0], -1), *numbers, _shifted(numbers[-1], 1)]
    return tuple(numbers)


def _shifted(number: str, by: int) -> str:
    prefix, _, digits = number.partition("-")
    return f"{prefix}-{int(digits) + by:0{len(digits)}d}"
