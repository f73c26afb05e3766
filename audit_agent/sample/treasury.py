"""Bank, loan, taxes and fixed assets: what comes every month or quarter."""

from datetime import date
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import YEAR, last_working_day, month_end, office_time, working_day
from audit_agent.sample.chance import lognormal, permille
from audit_agent.sample.ledger import BANK, FIXED_ASSETS, Ledger, Line

_DEPRECIATION = (
    ("670100", "011100", 889_167),
    ("670200", "011200", 2_552_083),
    ("670300", "011300", 1_066_667),
    ("670400", "011400", 387_500),
    ("670500", "011500", 593_750),
    ("670600", "011600", 395_833),
)
"""Straight-line depreciation of January: expense, accumulated depreciation, cents."""


def depreciate(rng: Random, ledger: Ledger) -> None:
    """Book the month's depreciation; it grows as equipment is bought."""
    amounts = [amount for *_, amount in _DEPRECIATION]
    for month in range(1, 13):
        day = last_working_day(month_end(month))
        if month % 3 == 0:
            amounts = [permille(amount, 1000 + rng.randrange(14)) for amount in amounts]
        for (expense, accumulated, _), amount in zip(_DEPRECIATION, amounts, strict=True):
            lines = (Line(expense, amount), Line(accumulated, -amount))
            text = f"Depreciation {YEAR}-{month:02d}"
            ledger.post(FIXED_ASSETS, day, text, lines, people.ASSETS, office_time(rng))


def bank_items(rng: Random, ledger: Ledger) -> None:
    """Bank charges, petty cash, and the interest and repayment of the loan."""
    debt = 250_000_000
    for month in range(1, 13):
        for _ in range(4):
            day = working_day(date(YEAR, month, rng.randrange(1, 26)))
            _bank(rng, ledger, day, "Bank charges", "680200", lognormal(rng, 38, "0.9"))
        _bank(rng, ledger, working_day(date(YEAR, month, 3)), "Petty cash", "100300", lognormal(rng, 240, "0.3"))
        day = last_working_day(date(YEAR, month, 28))
        repayment = 2_083_333
        interest = permille(debt, 41) // 12
        lines = (
            Line(chart.LOAN, repayment, "Repayment"),
            Line("700100", interest, "Interest"),
            Line(chart.BANK, -repayment - interest, "Loan"),
        )
        ledger.post(BANK, day, f"Loan instalment {YEAR}-{month:02d}", lines, people.TREASURY, office_time(rng))
        debt -= repayment
        if month % 3 == 0:
            _bank(rng, ledger, working_day(date(YEAR, month, 10)), "Income tax prepayment", "250200", 4_868_200)
        if month == 4:
            _bank(rng, ledger, day, f"Bonuses for {YEAR - 1}", "210200", 29_845_000)
        spent = lognormal(rng, 180, "0.4")
        ledger.post(
            BANK,
            day,
            f"Petty cash report {YEAR}-{month:02d}",
            (Line("650300", spent, "Small purchases"), Line("100300", -spent)),
            people.TREASURY,
            office_time(rng),
        )


def pay_vat(rng: Random, ledger: Ledger) -> None:
    """Clear last month's VAT accounts on the tenth and pay the balance; January's is the opening balance."""
    for month in range(1, 13):
        limit = date(YEAR, month, 1)
        day = working_day(date(YEAR, month, 10))
        output, paid = _balance(ledger, chart.OUTPUT_VAT, limit), _balance(ledger, chart.INPUT_VAT, limit)
        if month == 1:
            opening = {account.number: account.opening for account in chart.ACCOUNTS}
            output, paid = opening[chart.OUTPUT_VAT], opening[chart.INPUT_VAT]
        lines = (
            Line(chart.OUTPUT_VAT, -output, "Output VAT"),
            Line(chart.INPUT_VAT, -paid, "Input VAT"),
            Line("230200", output + paid, "VAT return"),
        )
        ledger.post(BANK, day, f"VAT return for {_month_before(month)}", lines, people.TREASURY, office_time(rng))
        _bank(rng, ledger, day, f"VAT paid for {_month_before(month)}", "230200", -output - paid)


def _balance(ledger: Ledger, account: str, limit: date) -> int:
    first = date(limit.year, limit.month - 1, 1) if limit.month > 1 else limit
    return sum(
        line.cents
        for journal in ledger.journals
        if first <= journal.effective < limit and not journal.text.startswith("VAT return")
        for line in journal.lines
        if line.account == account
    )


def _month_before(month: int) -> str:
    return f"{YEAR}-{month - 1:02d}" if month > 1 else f"{YEAR - 1}-12"


def _bank(rng: Random, ledger: Ledger, day: date, text: str, account: str, amount: int) -> None:
    lines = (Line(account, amount, text), Line(chart.BANK, -amount, text))
    ledger.post(BANK, day, text, lines, people.TREASURY, office_time(rng))
