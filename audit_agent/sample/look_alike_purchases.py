"""What looks irregular in procure to pay and is not."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from audit_agent.sample import suppliers as names
from audit_agent.sample.calendar import YEAR
from audit_agent.sample.chance import permille
from audit_agent.sample.purchasing import Invoice, Purchasing
from audit_agent.sample.seeded import Seeded
from audit_agent.sample.suppliers import Suppliers


def seed_look_alike_purchases(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> Iterator[Seeded]:
    """Write the look-alikes among suppliers' invoices."""
    yield _rent(purchasing, suppliers)
    yield _cleaning(purchasing, suppliers)
    yield _credit_note(rng, purchasing, suppliers)
    yield _instalments(purchasing, suppliers)
    yield _same_number_elsewhere(rng, purchasing, suppliers)
    yield _partial_receipts(rng, purchasing, suppliers)
    yield _within_tolerance(rng, purchasing, suppliers)


def _rent(purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    landlord = suppliers.by_name[names.LANDLORD]
    bills = [purchasing.bill(landlord, date(YEAR, month, 1), 1_850_000) for month in range(1, 13)]
    return Seeded(
        "JE-09",
        "rent",
        "The same amount on the same account in every month.",
        journals=[bill.journal for bill in bills if bill],
        amount=1_850_000,
        why="Rent is due monthly by contract; each month has one.",
    )


def _cleaning(purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    cleaner = suppliers.by_name[names.CLEANER]
    first = date(YEAR, 1, 3)
    bills = [purchasing.bill(cleaner, first + timedelta(days=7 * week), 38_640) for week in range(52)]
    return Seeded(
        "JE-09",
        "weekly service",
        "The same amount on the same account four or five times a month.",
        journals=[bill.journal for bill in bills if bill],
        amount=38_640,
        why="The cleaner bills every week by contract; every invoice has its own number and week.",
    )


def _credit_note(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    supplier = rng.choice(suppliers.goods)
    invoice = _booked(purchasing.bill(supplier, date(YEAR, 4, 14), 965_430))
    note = _booked(purchasing.bill(supplier, date(YEAR, 4, 28), -965_430, number=invoice.number, kind="Credit note"))
    return Seeded(
        "P2P-01",
        "credit note",
        f"{supplier.name}: a credit note bears the number and the amount of invoice {invoice.number}.",
        invoices=(invoice, note),
        amount=invoice.gross,
        why="It is negative and cancels the invoice.",
    )


def _instalments(purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    builder = suppliers.by_name[names.MACHINE_BUILDER]
    number = "M-25/318"
    bills = [
        _booked(
            purchasing.bill(builder, date(YEAR, month, 12), 2_480_000, number=f"{number}-{part}", kind="Instalment")
        )
        for part, month in enumerate((3, 6, 9), start=1)
    ]
    return Seeded(
        "P2P-01",
        "instalments",
        f"{builder.name}: three equal invoices for one press, {number}-1 to {number}-3.",
        invoices=bills,
        amount=bills[0].gross,
        why="The contract provides for three instalments; each has its own number.",
    )


def _same_number_elsewhere(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    pair = rng.sample([supplier for supplier in suppliers.goods if supplier.domestic], 2)
    bills = [
        _booked(purchasing.bill(supplier, date(YEAR, 5, 5 + 8 * index), 120_000, number="2025-0412"))
        for index, supplier in enumerate(pair)
    ]
    return Seeded(
        "P2P-01",
        "same number, other supplier",
        f"{pair[0].name} and {pair[1].name} sent invoices of the same number and amount.",
        invoices=bills,
        amount=bills[0].gross,
        why="Two suppliers count in the same way; orders and goods differ.",
    )


def _partial_receipts(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    order = purchasing.order(rng.choice(suppliers.goods), date(YEAR, 2, 10), 300, 4_275)
    bills = []
    for quantity, day in ((180, date(YEAR, 3, 3)), (120, date(YEAR, 3, 24))):
        purchasing.receive(order, day, quantity)
        bills.append(_booked(purchasing.bill_order(order, day + timedelta(days=2), quantity)))
    return Seeded(
        "P2P-04",
        "partial receipts",
        f"{order.supplier.name}: an order of 300 received and billed as 180 and 120.",
        invoices=bills,
        orders=(order,),
        amount=order.amount,
        why="Together the receipts and the invoices are the order; each invoice follows its receipt.",
    )


def _within_tolerance(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> Seeded:
    order = purchasing.order(rng.choice(suppliers.goods), date(YEAR, 6, 11), 60, 3_150)
    purchasing.receive(order, date(YEAR, 6, 26), 60)
    invoice = _booked(purchasing.bill_order(order, date(YEAR, 6, 27), 60, unit_price=permille(3_150, 1030)))
    return Seeded(
        "P2P-04",
        "price within tolerance",
        f"{order.supplier.name}: billed three percent, under 100, above the order's price.",
        invoices=(invoice,),
        orders=(order,),
        amount=invoice.net - order.amount,
        why="The difference is within both tolerances for prices.",
    )


def _booked(invoice: Invoice | None) -> Invoice:
    if invoice is None:
        raise ValueError("A look-alike invoice would be entered after the year's end.")
    return invoice
