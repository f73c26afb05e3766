"""Order to cash: customers' invoices, credit notes and receipts, and the cost of what was sold."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import (
    SEASON,
    YEAR,
    YEAR_END,
    clock,
    night_time,
    office_time,
    working_day,
    working_days,
)
from audit_agent.sample.chance import lognormal, permille, split
from audit_agent.sample.ledger import INVENTORY, RECEIPTS, SALES, Ledger, Line
from audit_agent.sample.purchasing import VAT

_INVOICES_A_YEAR = 1400
_COST_SHARE = (560, 540, 610)


@dataclass(frozen=True)
class OpenInvoice:
    """What a customer owes, in cents."""

    customer: str
    number: int
    day: date
    gross: int


def opening_receivables(rng: Random) -> list[OpenInvoice]:
    """What customers owed on 1 January."""
    count = 190
    days = sorted(date(YEAR - 1, 12, 31) - timedelta(days=rng.randrange(40)) for _ in range(count))
    return [
        OpenInvoice(_customer(rng), 918_000 + index, day, lognormal(rng, 4_600, "1.25"))
        for index, day in enumerate(days)
    ]


def sell(rng: Random, ledger: Ledger) -> list[OpenInvoice]:
    """Invoice customers through the year; a few goods come back. The batch posts the cost of sales at night."""
    days = working_days()
    # Business grows by about one percent a month on top of the season.
    weights = [SEASON[day.month - 1] * (100 + day.month) for day in days]
    invoices = []
    by_day: dict[date, int] = {}
    for day in rng.choices(days, weights, k=_INVOICES_A_YEAR):
        by_day[day] = by_day.get(day, 0) + 1
    number = 920_000
    for day in days:
        sold = [0, 0, 0]
        for _ in range(by_day.get(day, 0)):
            number += 1
            invoices.append(_invoice(rng, ledger, day, number, sold))
        _cost_of_sales(rng, ledger, day, sold)
    return invoices


def _invoice(rng: Random, ledger: Ledger, day: date, number: int, sold: list[int]) -> OpenInvoice:
    customer = _customer(rng)
    net = lognormal(rng, 6_400, "1.3")
    groups = rng.sample(range(3), 2 if rng.randrange(4) == 0 else 1)
    lines = []
    for group, amount in zip(groups, split(rng, net, len(groups)), strict=True):
        sold[group] += amount
        lines.append(Line(chart.REVENUE[group], -amount, "Goods"))
    extra = rng.randrange(14)
    if extra < 2:
        amount = lognormal(rng, 140, "1.1")
        net += amount
        lines.append(Line("400400" if extra else "400500", -amount, "Spare parts" if extra else "Repair"))
    tax = permille(net, VAT)
    lines += [Line(chart.OUTPUT_VAT, -tax, "VAT 19%"), Line(chart.RECEIVABLES, net + tax, customer)]
    clerk = people.AR_1 if rng.randrange(5) else people.AR_2
    ledger.post(SALES, day, f"Invoice {number} {customer}", lines, clerk, office_time(rng))
    if rng.randrange(45) == 0:
        _credit_note(rng, ledger, day, number, customer, net)
    return OpenInvoice(customer, number, day, net + tax)


def _credit_note(rng: Random, ledger: Ledger, day: date, number: int, customer: str, invoiced: int) -> None:
    back = working_day(day, rng.randrange(4, 20))
    if back > YEAR_END:
        return
    net = permille(invoiced, rng.randrange(60, 400))
    tax = permille(net, VAT)
    lines = (
        Line("409200", net, "Return"),
        Line(chart.OUTPUT_VAT, tax, "VAT 19%"),
        Line(chart.RECEIVABLES, -net - tax, customer),
    )
    ledger.post(SALES, back, f"Credit note for {number} {customer}", lines, people.AR_1, office_time(rng))


def _cost_of_sales(rng: Random, ledger: Ledger, day: date, sold: list[int]) -> None:
    lines = []
    for group, revenue in enumerate(sold):
        cost = permille(revenue, _COST_SHARE[group] + rng.randrange(-25, 26))
        lines += [
            Line(chart.COST_OF_SALES[group], cost, "Cost of sales"),
            Line(chart.INVENTORY[group], -cost, "Goods out"),
        ]
    if any(sold):
        ledger.post(INVENTORY, day, f"Goods issues {day.isoformat()}", lines, people.BATCH, night_time(rng))


def cost_of_sales(ledger: Ledger) -> dict[str, int]:
    """What was sold in the year, in cents of cost per inventory account."""
    sold = dict.fromkeys(chart.INVENTORY, 0)
    for journal in ledger.journals:
        if journal.source is INVENTORY:
            for line in journal.lines:
                if line.account in sold:
                    sold[line.account] -= line.cents
    return sold


def revalue_inventory(rng: Random, ledger: Ledger) -> None:
    """Weekly valuation differences, posted by the batch on Sunday nights."""
    sunday = date(YEAR, 1, 5)
    while sunday <= YEAR_END:
        group = rng.randrange(3)
        amount = lognormal(rng, 320, "1.2") * rng.choice((-1, 1))
        lines = (Line(chart.INVENTORY[group], amount), Line("500900", -amount))
        at = clock(9000 + rng.randrange(3600))
        ledger.post(INVENTORY, sunday, f"Valuation week ending {sunday.isoformat()}", lines, people.BATCH, at)
        sunday += timedelta(days=7)


def collect(rng: Random, ledger: Ledger, invoices: list[OpenInvoice]) -> None:
    """Book customers' payments; some take a cash discount, some are late."""
    for invoice in invoices:
        if rng.randrange(60) == 0:
            continue
        patience = rng.choice((9, 14, 21, 30, 30, 30, 32, 35, 38, 45, 61))
        day = working_day(max(invoice.day, date(YEAR, 1, 1)) + timedelta(days=patience + rng.randrange(5)))
        if day > YEAR_END:
            continue
        discount = permille(invoice.gross, 20) if patience < 15 and rng.randrange(3) == 0 else 0
        net_discount = discount * 100 // 119
        lines = (
            Line(chart.BANK, invoice.gross - discount, f"Invoice {invoice.number}"),
            Line("409100", net_discount, "Cash discount"),
            Line(chart.OUTPUT_VAT, discount - net_discount, "VAT on discount"),
            Line(chart.RECEIVABLES, -invoice.gross, invoice.customer),
        )
        text = f"Receipt {invoice.customer} invoice {invoice.number}"
        ledger.post(RECEIPTS, day, text, lines, people.AR_2, office_time(rng))


def _customer(rng: Random) -> str:
    # Few customers buy most: the lower numbers are the bigger ones.
    return f"C{1001 + rng.randrange(150) * rng.randrange(1, 100) // 100}"
