"""What a supplier's document says, before it has a layout."""

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Self

from audit_agent.sample.chance import permille, split
from audit_agent.sample.documents.articles import articles_of
from audit_agent.sample.purchasing import VAT, Invoice
from audit_agent.sample.suppliers import Supplier


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends the document, as it is printed there."""

    name: str
    tax_number: str
    bank_account: str

    @property
    def country(self) -> str:
        """The two letters of its tax number."""
        return self.tax_number[:2]


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of what is charged; amounts in cents."""

    description: str
    quantity: int
    unit_price: int

    @property
    def amount(self) -> int:
        """Without tax."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or a credit note. Amounts in cents, above zero in both; they add up unless `total` was changed."""

    sender: Sender
    number: str
    day: date
    due: date
    currency: str
    order: str
    lines: tuple[BillLine, ...]
    net: int
    tax: int
    total: int
    credit: bool = False

    @property
    def taxed(self) -> bool:
        """Whether tax is charged; what comes from abroad bears none."""
        return self.tax != 0

    def charging(self, rng: Random, net: int) -> Self:
        """The same document over another net amount, consistent in itself."""
        tax = permille(net, VAT) if self.taxed else 0
        lines = tuple(_lines(rng, [line.description for line in self.lines], net))
        return replace(self, lines=lines, net=net, tax=tax, total=net + tax)


def sender_of(supplier: Supplier) -> Sender:
    """A supplier as it signs its documents."""
    return Sender(supplier.name, supplier.tax_number, supplier.bank_account)


def bill_of(rng: Random, invoice: Invoice, parts: int) -> Bill:
    """The document that an invoice was booked from, with so many lines unless it charges for one order."""
    net, tax = abs(invoice.net), abs(invoice.tax)
    if invoice.quantity and invoice.unit_price:
        (description,) = articles_of(rng, invoice.supplier.account, 1)
        lines = [BillLine(description, invoice.quantity, invoice.unit_price)]
    else:
        lines = _lines(rng, articles_of(rng, invoice.supplier.account, parts), net)
    order = invoice.order.id if invoice.order else invoice.unknown_order
    return Bill(
        sender=sender_of(invoice.supplier),
        number=invoice.number,
        day=invoice.day,
        due=invoice.due,
        currency="EUR",
        order=order,
        lines=tuple(lines),
        net=net,
        tax=tax,
        total=net + tax,
        credit=invoice.net < 0,
    )


def _lines(rng: Random, descriptions: list[str], net: int) -> list[BillLine]:
    lines = []
    for description, amount in zip(descriptions, split(rng, net, len(descriptions)), strict=True):
        fitting = [quantity for quantity in (2, 3, 4, 5, 6, 8, 10, 12) if amount % quantity == 0]
        quantity = rng.choice([1, *fitting])
        lines.append(BillLine(description, quantity, amount // quantity))
    return lines
