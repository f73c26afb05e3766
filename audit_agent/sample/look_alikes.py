"""What looks irregular and is not: every audit of real books meets these."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import YEAR, YEAR_END, working_day
from audit_agent.sample.closing import manual
from audit_agent.sample.ledger import BANK, MANUAL, Journal, Ledger, Line
from audit_agent.sample.seeded import Seeded


def seed_look_alike_journals(rng: Random, ledger: Ledger) -> Iterator[Seeded]:
    """Write the look-alikes among journals; comes after the ordinary business, some of which looks odd by nature."""
    yield from _batch()
    yield _weekend_close(rng, ledger)
    yield _year_end_window(ledger)
    yield _loan(ledger)
    yield _entered_again_after_reversal(rng, ledger)
    yield _joiner(rng, ledger)
    yield _dividend(ledger)


def _batch() -> Iterator[Seeded]:
    fields = {"Entered_By": (people.BATCH.id,)}
    why = "A system account posts the payment run and goods issues by schedule; nobody sits there."
    yield Seeded("JE-06", "night batch", "Journals entered after 22:00 by the batch user.", fields=fields, why=why)
    why = "The weekly inventory valuation is scheduled for Sunday nights."
    yield Seeded("JE-05", "weekend batch", "Journals entered on Sundays by the batch user.", fields=fields, why=why)


def _weekend_close(rng: Random, ledger: Ledger) -> Seeded:
    journals = []
    for day, names in ((date(2025, 5, 31), ("Travel", "Repairs")), (date(2025, 11, 30), ("Freight", "Legal fees"))):
        for name in names:
            amount = 100_000 + rng.randrange(900_000)
            account = {"Travel": "620100", "Repairs": "610500", "Freight": "660100", "Legal fees": "640100"}[name]
            lines = (Line(account, amount, "Late accrual"), Line(chart.ACCRUED, -amount, "Late accrual"))
            journals.append(manual(rng, ledger, day, f"Late accrual {name} {day:%Y-%m}", lines, people.CLOSER))
    return Seeded(
        "JE-05",
        "month-end close on a weekend",
        "Manual accruals entered on Saturday 31 May and Sunday 30 November.",
        journals=journals,
        why="The Head of Accounting closes the month, which ended on a weekend; all are approved accruals.",
    )


def _year_end_window(ledger: Ledger) -> Seeded:
    journals = [journal for journal in ledger.journals if journal.effective == YEAR_END < journal.entered]
    return Seeded(
        "JE-07",
        "closing window",
        "Accruals and provisions effective 31 December, entered in the first working days of January.",
        journals=journals,
        why="The close of a year is entered after its end, within the published closing window.",
    )


def _loan(ledger: Ledger) -> Seeded:
    day = date(YEAR, 3, 20)
    lines = (Line(chart.BANK, 100_000_000, "Drawdown"), Line(chart.LOAN, -100_000_000, "Drawdown"))
    approver = people.FINANCE_DIRECTOR
    journal = ledger.post(
        MANUAL, day, "Drawdown second loan tranche", lines, people.TREASURY, time(10, 14, 2), approved_by=approver
    )
    return Seeded(
        "JE-08",
        "round loan",
        "A loan of exactly 1,000,000 is drawn.",
        journals=(journal,),
        amount=100_000_000,
        why="Loans are granted in round amounts; it stands on the bank account.",
    )


def _entered_again_after_reversal(rng: Random, ledger: Ledger) -> Seeded:
    day, text = date(YEAR, 7, 22), "Temporary staff warehouse July"
    lines = (Line("640400", 1_126_540, text), Line(chart.ACCRUED, -1_126_540, text))
    first = manual(rng, ledger, day, text, lines, people.GL_2)
    back = [Line(line.account, -line.cents, text) for line in lines]
    reversal = ledger.post(
        MANUAL, day, f"Reversal {text}", back, people.GL_2, time(18, 30), approved_by=people.CONTROLLER, reverses=first
    )
    again = manual(rng, ledger, day, text, lines, people.GL_2)
    return Seeded(
        "JE-09",
        "reversed and entered again",
        "The same journal twice on one day, with a reversal between.",
        journals=(first, reversal, again),
        amount=1_126_540,
        why="The first one was reversed; what remains is one.",
    )


def _joiner(rng: Random, ledger: Ledger) -> Seeded:
    journals: list[Journal] = []
    for number in range(4):
        amount = 40_000 + rng.randrange(300_000)
        lines = (Line("650300", amount, "Recoding"), Line("650600", -amount, "Recoding"))
        day = working_day(date(YEAR, 12, 10) + timedelta(days=3 * number))
        journals.append(manual(rng, ledger, day, f"Recoding office supplies {day:%d.%m.}", lines, people.JOINER))
    return Seeded(
        "JE-10",
        "new joiner",
        f"{people.JOINER.id} has only eight lines in the year.",
        journals=journals,
        fields={"Entered_By": (people.JOINER.id,)},
        why="A junior accountant who joined on 8 December; title and approvals fit the journals.",
    )


def _dividend(ledger: Ledger) -> Seeded:
    day = date(YEAR, 6, 26)
    lines = (Line(chart.DIVIDENDS, 31_250_000, "Dividend"), Line(chart.BANK, -31_250_000, "Dividend"))
    journal = ledger.post(
        BANK,
        day,
        "Dividend by resolution of 25 June",
        lines,
        people.TREASURY,
        time(11, 40, 16),
        approved_by=people.FINANCE_DIRECTOR,
    )
    return Seeded(
        "JE-11",
        "once-a-year account",
        f"The only posting of the year on {chart.DIVIDENDS}.",
        journals=(journal,),
        fields={"GL_Account_Number": (chart.DIVIDENDS,)},
        amount=31_250_000,
        why="A dividend is declared once a year.",
    )
