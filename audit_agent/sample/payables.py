"""Paying suppliers: a weekly payment run, posted at night by the batch user."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import YEAR, YEAR_END, night_time, working_day
from audit_agent.sample.chance import lognormal
from audit_agent.sample.ledger import PAYMENTS, Journal, Ledger, Line
from audit_agent.sample.purchasing import Invoice
from audit_agent.sample.suppliers import Supplier, Suppliers


@dataclass(eq=False, slots=True)
class Payment:
    """One row of Payments_Made; the amount is in cents."""

    supplier: Supplier
    day: date
    reference: str
    reference_day: date
    amount: int
    journal: Journal
    id: str = ""


@dataclass(eq=False, slots=True)
class OpenItem:
    """An invoice of the year before, still open when the year began."""

    supplier: Supplier
    number: str
    day: date
    amount: int


def opening_payables(rng: Random, suppliers: Suppliers) -> list[OpenItem]:
    """What was owed to suppliers on 1 January."""
    items = []
    for _ in range(62):
        supplier = rng.choice(suppliers.goods)
        day = date(YEAR - 1, 12, 31) - timedelta(days=rng.randrange(supplier.terms))
        number = supplier.next_number(rng).replace("2025", "2024").replace("25", "24", 1)
        items.append(OpenItem(supplier, number, day, lognormal(rng, 5_400, "1.2")))
    return items


def pay_suppliers(rng: Random, ledger: Ledger, opening: list[OpenItem], invoices: list[Invoice]) -> list[Payment]:
    """Pay what falls due by the weekly run; what is due later stays open at the year's end."""
    open_items = [(item.supplier, item.number, item.day, item.amount, item.day) for item in opening]
    cancelled = {(item.supplier, item.number) for item in invoices if item.kind == "Credit note"}
    open_items += [
        (item.supplier, item.number, item.day, item.gross, item.entered)
        for item in invoices
        if (item.supplier, item.number) not in cancelled
    ]
    payments = []
    for supplier, number, day, amount, entered in open_items:
        due = max(day + timedelta(days=supplier.terms), entered + timedelta(days=1), date(YEAR, 1, 2))
        run = _payment_run(due)
        if run > YEAR_END:
            continue
        text = f"Payment {supplier.name} {number}"
        lines = (Line(chart.PAYABLES, amount, supplier.name), Line(chart.BANK, -amount, text))
        journal = ledger.post(PAYMENTS, run, text, lines, people.BATCH, night_time(rng))
        payments.append(Payment(supplier, run, number, day, amount, journal))
    payments.sort(key=lambda payment: (payment.day, payment.journal.at))
    for sequence, payment in enumerate(payments, start=1):
        payment.id = f"ZA{YEAR}{sequence:05d}"
    return payments


def _payment_run(due: date) -> date:
    """Thursdays, or the next working day."""
    return working_day(due + timedelta(days=(3 - due.weekday()) % 7))
