"""Irregularities in single journals: out of balance, missing, altered, badly timed, round, repeated."""

from collections.abc import Iterator
from datetime import date, time
from random import Random

from audit_agent.sample import chart, people
from audit_agent.sample.calendar import working_days
from audit_agent.sample.closing import manual
from audit_agent.sample.ledger import MANUAL, PAYMENTS, Journal, Ledger, Line, Visible
from audit_agent.sample.people import User
from audit_agent.sample.seeded import Seeded


def seed_journals(rng: Random, ledger: Ledger) -> Iterator[Seeded]:
    """Write the irregular journals."""
    yield from _out_of_balance(rng, ledger)
    yield from _numbering(rng, ledger)
    yield from _log_differs(rng, ledger)
    yield from _repeated(rng, ledger)


def _plain(
    rng: Random, ledger: Ledger, text: str, debit: str, credit: str, cents: int, day: date | None = None
) -> Journal:
    # Clear of the first and last days of the year, so that neighbours in the number range exist.
    day = day or rng.choice(working_days()[15:-15])
    by = rng.choice((people.GL_1, people.GL_2))
    return manual(rng, ledger, day, text, (Line(debit, cents), Line(credit, -cents)), by)


def _out_of_balance(rng: Random, ledger: Ledger) -> Iterator[Seeded]:
    # The second amount of each is what stands in the ledger for the credit side.
    cases = (
        ("transposed digits", "Freight reallocated to logistics", "660100", "510100", 4_831_055, 4_381_055),
        ("credit line changed", "Advertising campaign reclassified", "630100", "640200", 2_764_075, 1_496_320),
        ("rounding left over", "Telephone costs reallocated", "650100", "650200", 187_340, 187_250),
    )
    for kind, text, debit, credit, cents, wrong in cases:
        journal = _plain(rng, ledger, text, debit, credit, cents)
        journal.lines[1] = Line(credit, -wrong)
        yield Seeded(
            "JE-02",
            kind,
            f"Debits exceed credits by {_money(cents - wrong)}.",
            journals=(journal,),
            amount=cents - wrong,
        )


def _numbering(rng: Random, ledger: Ledger) -> Iterator[Seeded]:
    lost = _plain(rng, ledger, "Removed", "640200", "620100", 1)
    lost.visible = Visible.NEITHER
    yield Seeded("JE-03", "missing number", "A manual journal's number was never used.", journals=(lost,))
    day = date(2025, 8, 28)
    block = []
    for second in range(3):
        lines = (Line(chart.PAYABLES, 1), Line(chart.BANK, -1))
        journal = ledger.post(PAYMENTS, day, "Removed", lines, people.BATCH, time(23, 50, second))
        journal.visible = Visible.NEITHER
        block.append(journal)
    yield Seeded("JE-03", "missing block of numbers", "Three payment journals in a row are missing.", journals=block)
    first = _plain(rng, ledger, "Training costs reallocated", "650600", "620100", 318_045, date(2025, 5, 14))
    second_use = _plain(rng, ledger, "Software licence reallocated", "650200", "640200", 742_910, date(2025, 6, 24))
    second_use.takes_number_of = first
    yield Seeded(
        "JE-03",
        "number used twice",
        "Two different manual journals, of May and of June, bear the same number.",
        journals=(first,),
        amount=742_910,
    )


def _log_differs(rng: Random, ledger: Ledger) -> Iterator[Seeded]:
    deleted = _plain(rng, ledger, "Credit for returned goods", "409200", chart.RECEIVABLES, 8_640_225)
    deleted.visible = Visible.LOG_ONLY
    yield Seeded(
        "JE-04",
        "deleted after posting",
        "The log shows it, the ledger does not.",
        journals=(deleted,),
        amount=8_640_225,
    )
    yield Seeded("JE-03", "missing number", "The number of a journal that was deleted.", journals=(deleted,))
    altered = _plain(rng, ledger, "Repairs reclassified", "010200", "610500", 8_145_060)
    altered.logged = 1_845_060
    yield Seeded(
        "JE-04",
        "altered after posting",
        f"Logged with {_money(1_845_060)}, in the ledger with {_money(8_145_060)}.",
        journals=(altered,),
        amount=8_145_060 - 1_845_060,
    )
    smuggled = _plain(rng, ledger, "Revenue adjustment", chart.RECEIVABLES, chart.REVENUE[2], 5_271_830)
    smuggled.visible = Visible.LEDGER_ONLY
    yield Seeded(
        "JE-04", "not in the log", "In the ledger without a trace in the log.", journals=(smuggled,), amount=5_271_830
    )


def _repeated(rng: Random, ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        ("Trade fair stand costs", "630200", "210100", 1_647_385, date(2025, 2, 19)),
        ("Legal fees distribution contract", "640100", "210100", 933_040, date(2025, 9, 11)),
    )
    for text, debit, credit, cents, day in cases:
        twins = [_by(rng, ledger, text, debit, credit, cents, day, by) for by in (people.GL_1, people.GL_2)]
        yield Seeded(
            "JE-09",
            "entered twice",
            "Two accountants entered the same journal on the same day.",
            journals=twins,
            amount=cents,
        )


def _by(rng: Random, ledger: Ledger, text: str, debit: str, credit: str, cents: int, day: date, by: User) -> Journal:
    return ledger.post(
        MANUAL,
        day,
        text,
        (Line(debit, cents), Line(credit, -cents)),
        by,
        time(10 if by is people.GL_1 else 15, rng.randrange(60), rng.randrange(60)),
        approved_by=people.CONTROLLER,
    )


def _money(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"
