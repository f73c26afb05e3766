"""The sample company's year: every cycle in turn, then numbers."""

from dataclasses import dataclass

from audit_agent.sample.chance import stream
from audit_agent.sample.closing import close_months, correct
from audit_agent.sample.journal_irregularities import seed_journals
from audit_agent.sample.ledger import Ledger
from audit_agent.sample.look_alike_purchases import seed_look_alike_purchases
from audit_agent.sample.look_alikes import seed_look_alike_journals
from audit_agent.sample.override_irregularities import seed_overrides
from audit_agent.sample.payables import Payment, opening_payables, pay_suppliers
from audit_agent.sample.payroll import pay_staff, travel
from audit_agent.sample.procurement import buy_equipment, buy_goods, buy_services
from audit_agent.sample.purchase_irregularities import seed_purchases
from audit_agent.sample.purchasing import Purchasing
from audit_agent.sample.sales import collect, cost_of_sales, opening_receivables, revalue_inventory, sell
from audit_agent.sample.seeded import Seeded
from audit_agent.sample.suppliers import Suppliers, found_suppliers
from audit_agent.sample.treasury import bank_items, depreciate, pay_vat
from audit_agent.sample.trial_balance import Balance, opening_balances, trial_balance
from audit_agent.sample.truth import TruthItem

NAME = "Ostervang Kitchenware GmbH"


@dataclass(frozen=True)
class Company:
    """The finished books, and what was seeded into them."""

    ledger: Ledger
    suppliers: Suppliers
    purchasing: Purchasing
    payments: list[Payment]
    balances: list[Balance]
    truth: tuple[TruthItem, ...]


def run_year(seed: int) -> Company:
    """Let the company do a year's business. The same seed gives the same year."""
    ledger = Ledger()
    suppliers = found_suppliers(stream(seed, "suppliers"))
    purchasing = Purchasing(stream(seed, "purchasing"), ledger)
    owed_to_us = opening_receivables(stream(seed, "opening receivables"))
    owed_by_us = opening_payables(stream(seed, "opening payables"), suppliers)

    invoices = sell(stream(seed, "sales"), ledger)
    collect(stream(seed, "receipts"), ledger, [*owed_to_us, *invoices])
    revalue_inventory(stream(seed, "inventory"), ledger)
    buy_goods(stream(seed, "goods"), purchasing, suppliers, cost_of_sales(ledger))
    buy_services(stream(seed, "services"), purchasing, suppliers)
    buy_equipment(stream(seed, "equipment"), purchasing, suppliers)
    pay_staff(stream(seed, "payroll"), ledger)
    travel(stream(seed, "travel"), ledger)
    depreciate(stream(seed, "depreciation"), ledger)
    bank_items(stream(seed, "bank"), ledger)
    correct(stream(seed, "corrections"), ledger)
    close_months(stream(seed, "closing"), ledger)

    seeded = [
        *seed_journals(stream(seed, "journal irregularities"), ledger),
        *seed_overrides(ledger),
        *seed_purchases(stream(seed, "purchase irregularities"), purchasing, suppliers),
        *seed_look_alike_purchases(stream(seed, "look-alike purchases"), purchasing, suppliers),
        *seed_look_alike_journals(stream(seed, "look-alike journals"), ledger),
    ]
    # Whatever was invoiced is paid, and whatever carries VAT is declared, irregular or not.
    payments = pay_suppliers(stream(seed, "payments"), ledger, owed_by_us, purchasing.invoices)
    pay_vat(stream(seed, "vat"), ledger)
    ledger.number()
    purchasing.number()
    opening = opening_balances(sum(item.gross for item in owed_to_us), sum(item.amount for item in owed_by_us))
    balances = trial_balance(opening, ledger.journals)
    return Company(ledger, suppliers, purchasing, payments, balances, _numbered(seeded))


def _numbered(seeded: list[Seeded]) -> tuple[TruthItem, ...]:
    irregular = [item for item in seeded if not item.why]
    legitimate = [item for item in seeded if item.why]
    return tuple(item.item(number) for items in (irregular, legitimate) for number, item in enumerate(items, start=1))
