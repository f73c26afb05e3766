"""Irregularities that management override leaves: odd hours, odd dates, round sums, odd people, odd accounts."""

from collections.abc import Iterator
from datetime import date, time

from audit_agent.sample import chart, people
from audit_agent.sample.ledger import MANUAL, Journal, Ledger, Line
from audit_agent.sample.people import User
from audit_agent.sample.seeded import Seeded


def seed_overrides(ledger: Ledger) -> Iterator[Seeded]:
    """Write the irregular journals; their days and hours are what makes them irregular, so none is drawn."""
    yield from _outside_office_days(ledger)
    yield from _at_night(ledger)
    yield from _dated(ledger)
    yield from _round(ledger)
    yield from _people(ledger)
    yield from _accounts(ledger)


def _post(
    ledger: Ledger,
    text: str,
    debit: str,
    credit: str,
    cents: int,
    entered: date,
    at: time,
    by: User,
    effective: date | None = None,
) -> Journal:
    lines = (Line(debit, cents, text), Line(credit, -cents, text))
    approver = people.FINANCE_DIRECTOR if by is not people.FINANCE_DIRECTOR else people.CONTROLLER
    return ledger.post(MANUAL, effective or entered, text, lines, by, at, entered=entered, approved_by=approver)


def _outside_office_days(ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        ("Saturday", "Marketing support accrual", "630100", "210100", 2_318_450, date(2025, 3, 15), time(14, 12, 40)),
        ("Sunday", "Adjustment warranty costs", "250100", "500100", 4_107_615, date(2025, 9, 21), time(11, 3, 9)),
        ("holiday", "Revenue repair campaign", "110000", "400500", 1_988_270, date(2025, 10, 3), time(16, 44, 51)),
    )
    for kind, text, debit, credit, cents, entered, at in cases:
        journal = _post(ledger, text, debit, credit, cents, entered, at, people.GL_2)
        yield Seeded(
            "JE-05", f"manual on a {kind}", f"Entered by hand on {entered}, a {kind}.", (journal,), amount=cents
        )


def _at_night(ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        (
            "Reclassification of consulting to projects",
            "010600",
            "640200",
            3_864_920,
            date(2025, 4, 9),
            time(23, 52, 17),
        ),
        ("Release of doubtful debt allowance", "110900", "680100", 2_245_380, date(2025, 11, 19), time(3, 18, 5)),
    )
    for text, debit, credit, cents, entered, at in cases:
        journal = _post(ledger, text, debit, credit, cents, entered, at, people.GL_1)
        yield Seeded(
            "JE-06", "manual at night", f"Entered by hand at {at:%H:%M} on {entered}.", (journal,), amount=cents
        )


def _dated(ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        (
            "back-dated",
            "Customer rebates first quarter",
            "409100",
            "110000",
            3_119_745,
            date(2025, 6, 17),
            date(2025, 3, 31),
        ),
        (
            "back-dated",
            "Inventory count difference",
            "120300",
            "500900",
            5_583_190,
            date(2025, 8, 26),
            date(2025, 6, 30),
        ),
        ("post-dated", "Sales bonus appliances", "110000", "400300", 4_420_565, date(2025, 10, 14), date(2025, 12, 30)),
    )
    for kind, text, debit, credit, cents, entered, effective in cases:
        journal = _post(ledger, text, debit, credit, cents, entered, time(11, 26, 30), people.CLOSER, effective)
        lag = abs((entered - effective).days)
        yield Seeded(
            "JE-07",
            kind,
            f"Effective {effective}, entered {entered}: {lag} days apart, in another period.",
            (journal,),
            amount=cents,
        )


def _round(ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        ("Sales agreed, delivery to follow", "110000", "400100", 40_000_000, date(2025, 9, 30)),
        ("Development costs capitalised", "010600", "600300", 25_000_000, date(2025, 12, 18)),
        ("Release of warranty provision", "250100", "500100", 30_000_000, date(2025, 12, 22)),
    )
    for text, debit, credit, cents, day in cases:
        journal = _post(ledger, text, debit, credit, cents, day, time(17, 5, 12), people.CLOSER)
        yield Seeded("JE-08", "large round amount", f"{text}: exactly {cents // 100:,}.", (journal,), amount=cents)


def _people(ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        (
            "posted by the CEO",
            "Project costs executive office",
            "640200",
            "210100",
            6_374_890,
            people.MANAGING_DIRECTOR,
            7,
            8,
        ),
        ("posted by IT", "Data correction revenue", "110000", "400200", 2_843_115, people.ADMINISTRATOR, 10, 22),
        ("posted by a leaver", "Correction advance payments", "112000", "640400", 1_790_520, people.LEAVER, 5, 13),
    )
    for kind, text, debit, credit, cents, by, month, day in cases:
        entered = date(2025, month, day)
        journal = _post(ledger, text, debit, credit, cents, entered, time(15, 37, 44), by)
        # The user alone names it too, for procedures that flag users and not journals.
        fields = {"Entered_By": (by.id,)}
        yield Seeded(
            "JE-10", kind, f"{by.title} {by.id} posts once in the year.", (journal,), fields=fields, amount=cents
        )


def _accounts(ledger: Ledger) -> Iterator[Seeded]:
    cases = (
        (chart.SUSPENSE, "Open differences", chart.SUSPENSE, "409200", 3_655_240, date(2025, 7, 16)),
        (
            chart.OLD_SYSTEM_CLEARING,
            "Balance brought over",
            "112000",
            chart.OLD_SYSTEM_CLEARING,
            2_071_985,
            date(2025, 4, 24),
        ),
    )
    for account, text, debit, credit, cents, day in cases:
        journal = _post(ledger, text, debit, credit, cents, day, time(13, 21, 8), people.GL_1)
        fields = {"GL_Account_Number": (account,)}
        description = f"The only posting of the year on {account}."
        yield Seeded("JE-11", "seldom-used account", description, (journal,), fields=fields, amount=cents)
