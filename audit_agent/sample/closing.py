"""Manual journals: corrections through the month, and the accruals, provisions and reversals of each close."""

from datetime import date, timedelta
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import YEAR, YEAR_END, month_end, office_time, working_day, working_days
from audit_agent.sample.chance import lognormal, permille
from audit_agent.sample.ledger import MANUAL, Journal, Ledger, Line
from audit_agent.sample.people import User

_ACCRUED_COSTS = (
    ("610200", "Electricity and gas", 4_100),
    ("610500", "Repairs", 1_250),
    ("620100", "Travel", 900),
    ("630100", "Advertising", 3_300),
    ("640100", "Legal fees", 2_400),
    ("640200", "Consulting", 5_200),
    ("640300", "Audit fees", 3_750),
    ("640400", "Temporary staff", 2_900),
    ("650100", "Telephone", 640),
    ("660100", "Outbound freight", 7_800),
    ("510100", "Inbound freight", 5_600),
)

_RECLASSIFIABLE = (
    "610500 620100 620300 630100 630200 640100 640200 640400 650100 650200 650300 650600 660100 660200 "
    "510100 500900 610300 610400"
).split()

_REASONS = (
    "Reclassification to the right cost account",
    "Correction of cost centre coding",
    "Correction of supplier invoice coding",
    "Reallocation between departments",
    "Transfer after month-end review",
)


def correct(rng: Random, ledger: Ledger) -> None:
    """The corrections and reallocations that general ledger accountants make every week."""
    for day in sorted(rng.choices(working_days(), k=270)):
        debit, credit = rng.sample(_RECLASSIFIABLE, 2)
        amount = lognormal(rng, 430, "1.4")
        lines = (Line(debit, amount, "Reclassification"), Line(credit, -amount, "Reclassification"))
        by = people.GL_1 if rng.randrange(2) else people.GL_2
        manual(rng, ledger, day, f"{rng.choice(_REASONS)} {rng.randrange(1000, 9999)}", lines, by)


def close_months(rng: Random, ledger: Ledger) -> None:
    """Close every month: entered in the first working days of the next one, effective on the last day."""
    for month in range(1, 13):
        last = month_end(month)
        for account, name, median in _ACCRUED_COSTS:
            amount = lognormal(rng, median, "0.7")
            lines = (Line(account, amount, "Accrual"), Line(chart.ACCRUED, -amount, "Accrual"))
            accrual = _closing(rng, ledger, last, f"Accrual {name} {YEAR}-{month:02d}", lines)
            _reverse(rng, ledger, accrual, name, month)
        _provisions(rng, ledger, last, month)


def _reverse(rng: Random, ledger: Ledger, accrual: Journal, name: str, month: int) -> None:
    first = accrual.effective + timedelta(days=1)
    if first > YEAR_END:
        return
    lines = [Line(line.account, -line.cents, "Reversal") for line in accrual.lines]
    day = working_day(first, rng.randrange(2, 5))
    reversal = manual(rng, ledger, day, f"Reversal accrual {name} {YEAR}-{month:02d}", lines, accrual.by)
    reversal.reverses = accrual


def _provisions(rng: Random, ledger: Ledger, last: date, month: int) -> None:
    stamp = f"{YEAR}-{month:02d}"
    postings = (
        ("602000", "210200", 4_137_500, f"Bonus accrual {stamp}"),
        ("603000", "210300", 1_862_300, f"Holiday pay {stamp}"),
        ("650500", "140200", 395_680, f"Insurance expense {stamp}"),
        ("650200", "140100", lognormal(rng, 2_100, "0.5"), f"Prepaid software released {stamp}"),
        ("140100", "650200", lognormal(rng, 2_300, "0.5"), f"Prepaid software deferred {stamp}"),
        ("500100", "250100", lognormal(rng, 3_900, "0.6"), f"Warranty provision {stamp}"),
        ("680100", "110900", lognormal(rng, 4_200, "0.6"), f"Allowance for doubtful debts {stamp}"),
        ("720100", "250200", lognormal(rng, 21_000, "0.3"), f"Income tax provision {stamp}"),
        ("700100", "240200", lognormal(rng, 1_100, "0.4"), f"Interest accrued {stamp}"),
        ("112000", "650500", lognormal(rng, 420, "0.8"), f"Insurance refund claimed {stamp}"),
        ("260100", "400100", permille(lognormal(rng, 9_000, "0.7"), 300), f"Customer prepayment earned {stamp}"),
    )
    for debit, credit, amount, text in postings:
        _closing(rng, ledger, last, text, (Line(debit, amount, text), Line(credit, -amount, text)))


def _closing(rng: Random, ledger: Ledger, last: date, text: str, lines: tuple[Line, ...]) -> Journal:
    entered = working_day(last + timedelta(days=1), rng.randrange(3))
    by = rng.choice((people.CLOSER, people.CLOSER, people.GL_1, people.GL_2))
    return manual(rng, ledger, last, text, lines, by, entered=entered)


def manual(
    rng: Random,
    ledger: Ledger,
    effective: date,
    text: str,
    lines: tuple[Line, ...] | list[Line],
    by: User,
    *,
    entered: date | None = None,
) -> Journal:
    """A manual journal, entered in office hours and approved by a controller."""
    approver = people.FINANCE_DIRECTOR if by is people.CLOSER else people.CONTROLLER
    return ledger.post(
        MANUAL, effective, text, lines, by, office_time(rng), entered=entered, document=effective, approved_by=approver
    )
