"""Personnel: the monthly payroll, what is owed to the authorities, and travel expenses."""

from datetime import date
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import YEAR, last_working_day, office_time, working_day, working_days
from audit_agent.sample.chance import lognormal, permille
from audit_agent.sample.ledger import BANK, EXPENSES, PAYROLL, Ledger, Line

_SALARIES = {"600100": 8_214_300, "600200": 6_587_150, "600300": 12_943_720, "600400": 7_391_480, "600500": 4_862_900}
"""Gross salaries of January per department, in cents."""

_TRIPS_A_YEAR = 330


def pay_staff(rng: Random, ledger: Ledger) -> None:
    """Book the payroll of each month; January's payment to the authorities is for December."""
    wage_tax, social = 7_204_600, 13_918_300
    salaries = dict(_SALARIES)
    for month in range(1, 13):
        _pay_authorities(rng, ledger, month, wage_tax, social)
        # People come and go, hours vary; in April salaries rise by 2.8 percent.
        rise = 1028 if month == 4 else 1000
        salaries = {account: permille(pay, rise + rng.randrange(-6, 9)) for account, pay in salaries.items()}
        gross = sum(salaries.values())
        employer = permille(gross, 208)
        wage_tax, social = permille(gross, 172), employer + permille(gross, 203)
        net = gross + employer - wage_tax - social
        day = last_working_day(date(YEAR, month, 25))
        text = f"Payroll {YEAR}-{month:02d}"
        lines = [Line(account, pay, "Gross pay") for account, pay in salaries.items()]
        lines += [
            Line("601000", employer, "Employer's share"),
            Line("220200", -wage_tax, "Wage tax"),
            Line("220300", -social, "Social security"),
            Line("220100", -net, "Net pay"),
        ]
        ledger.post(PAYROLL, day, text, lines, people.PAYROLL, office_time(rng), approved_by=people.FINANCE_DIRECTOR)
        lines = [Line("220100", net, text), Line(chart.BANK, -net, text)]
        ledger.post(BANK, day, f"Salary payment {YEAR}-{month:02d}", lines, people.TREASURY, office_time(rng))


def _pay_authorities(rng: Random, ledger: Ledger, month: int, wage_tax: int, social: int) -> None:
    day = working_day(date(YEAR, month, 10))
    for account, amount, text in (("220200", wage_tax, "Wage tax"), ("220300", social, "Social security")):
        lines = [Line(account, amount, text), Line(chart.BANK, -amount, text)]
        ledger.post(BANK, day, f"{text} paid {day:%Y-%m}", lines, people.TREASURY, office_time(rng))


def travel(rng: Random, ledger: Ledger) -> None:
    """Reimburse travel expenses."""
    days = working_days()
    for day in sorted(rng.choices(days, k=_TRIPS_A_YEAR)):
        net = lognormal(rng, 185, "1.0")
        tax = permille(net, rng.choice((0, 70, 70, 190)))
        account = rng.choice(("620100", "620100", "620100", "620300", "620200"))
        lines = (
            Line(account, net, "Travel expenses"),
            Line(chart.INPUT_VAT, tax, "Input VAT"),
            Line(chart.BANK, -net - tax, "Reimbursement"),
        )
        text = f"Travel expenses employee {rng.randrange(1001, 1120)}"
        ledger.post(EXPENSES, day, text, lines, people.PAYROLL, office_time(rng))
