"""What the company buys in the course of the year."""

from datetime import date, timedelta
from random import Random

from audit_agent.sample import chart
from audit_agent.sample import suppliers as names
from audit_agent.sample.calendar import SEASON, YEAR, working_day, working_days
from audit_agent.sample.chance import lognormal, permille
from audit_agent.sample.purchasing import Order, Purchasing
from audit_agent.sample.suppliers import SERVICES, Supplier, Suppliers

_ORDERS_A_YEAR = 700


def buy_goods(rng: Random, purchasing: Purchasing, suppliers: Suppliers, sold: dict[str, int]) -> None:
    """Order goods through the year, receive them and book the invoices.

    `sold` is the year's cost of sales per inventory account, in cents: whatever runs low is ordered.
    """
    stock = {account.number: account.opening for account in chart.ACCOUNTS if account.number in sold}
    target = dict(stock)
    days = working_days()
    weights = [SEASON[min(day.month, 11)] for day in days]
    previous = date(YEAR, 1, 1)
    for day in sorted(rng.choices(days, weights, k=_ORDERS_A_YEAR)):
        for account, cost in sold.items():
            stock[account] -= cost * (day - previous).days // 365
        previous = day
        scarce = min(stock, key=lambda account: stock[account] - target[account])
        supplier = rng.choice([supplier for supplier in suppliers.goods if supplier.account == scarce])
        order = draw_order(rng, purchasing, supplier, day, median=9_500 if stock[scarce] < target[scarce] else 4_500)
        stock[scarce] += order.amount
        _deliver(rng, purchasing, order)


def draw_order(rng: Random, purchasing: Purchasing, supplier: Supplier, day: date, median: int) -> Order:
    """An order whose net amount is log-normal around that median, in whole currency units."""
    amount = lognormal(rng, median, "1.3")
    quantity = rng.choice((12, 20, 24, 40, 50, 60, 75, 96, 120, 150, 200, 240, 300, 480, 500))
    return purchasing.order(supplier, day, quantity, max(1, amount // quantity))


def _deliver(rng: Random, purchasing: Purchasing, order: Order) -> None:
    arrival = working_day(order.day + timedelta(days=rng.randrange(6, 30)))
    if arrival.year > YEAR:
        return
    purchasing.receive(order, arrival, order.quantity)
    billed = arrival + timedelta(days=rng.randrange(0, 5))
    # Price lists move a little between order and invoice; all of these are within anybody's tolerance.
    unit_price = order.unit_price
    if rng.randrange(12) == 0 and order.amount < 900_000:
        unit_price += permille(unit_price, rng.randrange(2, 9))
    purchasing.bill_order(order, billed, order.quantity, unit_price=unit_price)


def buy_services(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> None:
    """Book the invoices that come without an order."""
    for service in SERVICES:
        supplier = suppliers.by_name[service.supplier]
        for number in range(service.per_year):
            day = date(YEAR, 1, 1) + timedelta(days=(365 * number + rng.randrange(365)) // service.per_year)
            purchasing.bill(supplier, day, lognormal(rng, service.median, service.sigma))
    insurer = suppliers.by_name[names.INSURER]
    for month in (1, 4, 7, 10):
        purchasing.bill(insurer, date(YEAR, month, 6), 1_187_040)


_EQUIPMENT = (
    (names.MACHINE_BUILDER, "010200", 38_000),
    ("Fahrwohl Autoleasing GmbH", "010300", 24_000),
    ("Papierhof Buerobedarf KG", "010400", 3_200),
    (names.SYSTEM_HOUSE, "010500", 4_100),
    ("Wolkenrand Software SE", "010600", 7_800),
)


def buy_equipment(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> None:
    """Book invoices that are capitalised."""
    for name, account, median in _EQUIPMENT:
        for _ in range(5):
            day = date(YEAR, 1, 8) + timedelta(days=rng.randrange(330))
            purchasing.bill(suppliers.by_name[name], day, lognormal(rng, median, "0.8"), account=account)
