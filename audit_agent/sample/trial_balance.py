"""The trial balance: what the year began with, and how each month's journals carry it forward."""

from collections.abc import Iterable
from typing import NamedTuple

from audit_agent.sample import chart
from audit_agent.sample.ledger import Journal, Visible


class Balance(NamedTuple):
    """One account in one month; cents, debit positive."""

    account: str
    period: int
    beginning: int
    ending: int


def opening_balances(receivables: int, payables: int) -> dict[str, int]:
    """Balances of 1 January in cents; retained earnings are what makes them add up to nothing."""
    balances = {account.number: account.opening for account in chart.ACCOUNTS}
    balances[chart.RECEIVABLES] = receivables
    balances[chart.PAYABLES] = -payables
    balances[chart.RETAINED_EARNINGS] = -sum(balances.values())
    return balances


def trial_balance(opening: dict[str, int], journals: Iterable[Journal]) -> list[Balance]:
    """Every account in every month, from the journals that stand in the ledger."""
    moved: dict[tuple[str, int], int] = {}
    for journal in journals:
        if journal.visible in (Visible.BOTH, Visible.LEDGER_ONLY):
            for line in journal.lines:
                key = (line.account, journal.effective.month)
                moved[key] = moved.get(key, 0) + line.cents
    balances = []
    for account, balance in opening.items():
        for period in range(1, 13):
            ending = balance + moved.get((account, period), 0)
            balances.append(Balance(account, period, balance, ending))
            balance = ending
    return balances
