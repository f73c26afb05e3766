"""Procure to pay: orders, goods received and suppliers' invoices, with what they post."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import YEAR, YEAR_END, office_time, working_day
from audit_agent.sample.chance import permille
from audit_agent.sample.ledger import GOODS, PURCHASES, Journal, Ledger, Line
from audit_agent.sample.people import User
from audit_agent.sample.suppliers import Supplier

VAT = 190
"""Permille."""


@dataclass(eq=False, slots=True)
class Order:
    """A purchase order over one item; the unit price is in cents."""

    supplier: Supplier
    day: date
    quantity: int
    unit_price: int
    by: User
    id: str = ""

    @property
    def amount(self) -> int:
        """Net, in cents."""
        return self.quantity * self.unit_price


@dataclass(eq=False, slots=True)
class Receipt:
    """Goods that came in on an order."""

    order: Order
    day: date
    quantity: int
    id: str = ""


@dataclass(eq=False, slots=True)
class Invoice:
    """A supplier's invoice; credit notes are negative. Amounts in cents."""

    supplier: Supplier
    number: str
    kind: str
    day: date
    entered: date
    net: int
    tax: int
    by: User
    journal: Journal
    order: Order | None = None
    quantity: int | None = None
    unit_price: int | None = None
    unknown_order: str = ""
    id: str = ""

    @property
    def gross(self) -> int:
        """What is owed, in cents."""
        return self.net + self.tax

    @property
    def due(self) -> date:
        """The day it falls due."""
        return self.day + timedelta(days=self.supplier.terms)


@dataclass
class Purchasing:
    """The documents of procure to pay, and the ledger they post to."""

    rng: Random
    ledger: Ledger
    orders: list[Order] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)

    def order(self, supplier: Supplier, day: date, quantity: int, unit_price: int) -> Order:
        """Order one item."""
        buyer = self.rng.choice((people.BUYER_1, people.BUYER_2))
        order = Order(supplier, day, quantity, unit_price, buyer)
        self.orders.append(order)
        return order

    def receive(self, order: Order, day: date, quantity: int) -> Receipt:
        """Take goods in, at the order's price."""
        receipt = Receipt(order, day, quantity)
        self.receipts.append(receipt)
        cost = quantity * order.unit_price
        lines = (Line(order.supplier.account, cost, "Goods in"), Line(chart.GOODS_CLEARING, -cost, "Goods in"))
        text = f"Goods receipt {order.supplier.name}"
        self.ledger.post(GOODS, day, text, lines, people.WAREHOUSE, office_time(self.rng))
        return receipt

    def bill(
        self,
        supplier: Supplier,
        day: date,
        net: int,
        *,
        number: str = "",
        kind: str = "Standard",
        entered: date | None = None,
        by: User | None = None,
        account: str = "",
    ) -> Invoice | None:
        """Book an invoice without an order; None when it would be entered after the year's end."""
        entered = entered or self._entry_day(day)
        if entered > YEAR_END:
            return None
        tax = permille(net, VAT) if supplier.domestic else 0
        lines = [Line(account or supplier.account, net, kind)]
        return self._book(supplier, number, kind, day, entered, net, tax, lines, by)

    def bill_order(
        self, order: Order, day: date, quantity: int, *, unit_price: int = 0, number: str = ""
    ) -> Invoice | None:
        """Book an invoice for an order; None when it would be entered after the year's end."""
        entered = self._entry_day(day)
        if entered > YEAR_END:
            return None
        unit_price = unit_price or order.unit_price
        net = quantity * unit_price
        tax = permille(net, VAT) if order.supplier.domestic else 0
        expected = quantity * order.unit_price
        lines = [Line(chart.GOODS_CLEARING, expected, "Order"), Line(chart.PRICE_VARIANCE, net - expected, "Price")]
        invoice = self._book(order.supplier, number, "Standard", day, entered, net, tax, lines, None)
        invoice.order, invoice.quantity, invoice.unit_price = order, quantity, unit_price
        return invoice

    def number(self) -> None:
        """Give orders, receipts and invoices their numbers, in the order of their days."""
        self.orders.sort(key=lambda order: order.day)
        for number, order in enumerate(self.orders, start=4_500_010_000):
            order.id = str(number)
        self.receipts.sort(key=lambda receipt: receipt.day)
        for number, receipt in enumerate(self.receipts, start=5_000_020_000):
            receipt.id = str(number)
        self.invoices.sort(key=lambda invoice: (invoice.entered, invoice.journal.at))
        for number, invoice in enumerate(self.invoices, start=1):
            invoice.id = f"{YEAR}{number:06d}"

    def _entry_day(self, day: date) -> date:
        return working_day(day + timedelta(days=1), self.rng.randrange(5))

    def _book(
        self,
        supplier: Supplier,
        number: str,
        kind: str,
        day: date,
        entered: date,
        net: int,
        tax: int,
        lines: list[Line],
        by: User | None,
    ) -> Invoice:
        by = by or self.rng.choice((people.AP_1, people.AP_2))
        number = number or supplier.next_number(self.rng)
        postings = (*lines, Line(chart.INPUT_VAT, tax, "Input VAT"), Line(chart.PAYABLES, -net - tax, supplier.name))
        journal = self.ledger.post(
            PURCHASES, entered, f"{supplier.name} {number}", postings, by, office_time(self.rng), document=day
        )
        invoice = Invoice(supplier, number, kind, day, entered, net, tax, by, journal)
        self.invoices.append(invoice)
        return invoice
