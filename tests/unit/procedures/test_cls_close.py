"""CLS-01: accruals and their reversals, suspense accounts, reconciling items."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period

COST, OWED = "6400", "2100"


def accrual(journal: Any, id_: str, day: str, amount: str = "100.00", **columns: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = journal(
        id_,
        (COST, amount),
        (OWED, f"-{amount}"),
        **{"Effective_Date": day, "JE_Header_Description": "Accrual fees"} | columns,
    )
    return made


def reversal(journal: Any, id_: str, day: str, amount: str = "100.00", **columns: Any) -> list[dict[str, Any]]:
    told = {"Effective_Date": day, "JE_Header_Description": "Reversal accrual fees"}
    made: list[dict[str, Any]] = journal(id_, (OWED, amount), (COST, f"-{amount}"), **told | columns)
    return made


def later(journal: Any, day: str = "2025-12-31") -> list[dict[str, Any]]:
    """Something after, so that the books carry the month after the accrual."""
    made: list[dict[str, Any]] = journal("Z", ("1000", "1.00"), ("4000", "-1.00"), Effective_Date=day)
    return made


def test_an_accrual_that_was_never_reversed_is_flagged(run: Any, journal: Any) -> None:
    (found,) = run("CLS-01", {"GL_Detail": accrual(journal, "A", "2025-03-31") + later(journal)}).top

    assert (found.key, found.amount, found.source_count) == ("Accrual A", Decimal("100.00"), 2)
    assert found.reason == (
        "The accrual A (Accrual fees), effective 2025-03-31, was not reversed by the end of the following month; "
        "100.00 USD still stands."
    )


@pytest.mark.parametrize("day", ["2025-03-31", "2025-04-01", "2025-04-30"])
def test_an_accrual_reversed_by_the_end_of_the_month_after_passes(run: Any, journal: Any, day: str) -> None:
    lines = accrual(journal, "A", "2025-03-31") + reversal(journal, "B", day) + later(journal)

    paper = run("CLS-01", {"GL_Detail": lines})

    assert (paper.exception_count, paper.statistics["Accruals tested"]) == (0, "1")


def test_a_late_reversal_is_told(run: Any, journal: Any) -> None:
    lines = accrual(journal, "A", "2025-03-31") + reversal(journal, "B", "2025-05-01") + later(journal)

    assert run("CLS-01", {"GL_Detail": lines}).top[0].reason.endswith("; the first reversal is dated 2025-05-01.")


@pytest.mark.parametrize("change", [{"amount": "99.99"}, {"Amount_Currency": "EUR"}], ids=["amount", "currency"])
def test_a_linked_reversal_of_something_else_reverses_nothing(run: Any, journal: Any, change: dict[str, str]) -> None:
    back = reversal(journal, "B", "2025-04-02", Reversal_Journal_ID="A", **change)

    assert (
        run("CLS-01", {"GL_Detail": accrual(journal, "A", "2025-03-31") + back + later(journal)}).exception_count == 1
    )


def test_an_accrual_reversed_twice_is_flagged_with_its_reversals(run: Any, journal: Any) -> None:
    back = reversal(journal, "B", "2025-04-01") + reversal(journal, "C", "2025-04-02")

    (found,) = run("CLS-01", {"GL_Detail": accrual(journal, "A", "2025-03-31") + back + later(journal)}).top

    assert (found.amount, found.source_count) == (Decimal("100.00"), 6)
    assert found.reason.endswith("was reversed twice; 100.00 USD was taken back too much.")


def test_equal_accruals_of_every_month_are_paired_with_their_own_reversals(run: Any, journal: Any) -> None:
    lines = later(journal)
    for month in range(1, 7):
        lines += accrual(journal, f"A{month}", f"2025-{month:02d}-28")
        lines += reversal(journal, f"B{month}", f"2025-{month + 1:02d}-{28 if month % 2 else 2:02d}")

    assert run("CLS-01", {"GL_Detail": lines}).exception_count == 0


@pytest.mark.parametrize(("gone", "twice", "key"), [(3, 0, "Accrual A3"), (0, 3, "Accrual A3")])
def test_one_mistake_in_a_series_is_told_of_its_month(run: Any, journal: Any, gone: int, twice: int, key: str) -> None:
    lines = later(journal)
    for month in range(1, 7):
        lines += accrual(journal, f"A{month}", f"2025-{month:02d}-28")
        if month != gone:
            lines += reversal(journal, f"B{month}", f"2025-{month + 1:02d}-02")
        if month == twice:
            lines += reversal(journal, f"C{month}", f"2025-{month + 1:02d}-02")

    assert [found.key for found in run("CLS-01", {"GL_Detail": lines}).top] == [key]


@pytest.mark.parametrize(("day", "tested"), [("2025-04-25", "1"), ("2025-04-24", "0")])
def test_an_accrual_is_tested_once_the_month_after_is_in_the_books(
    run: Any, journal: Any, day: str, tested: str
) -> None:
    paper = run("CLS-01", {"GL_Detail": accrual(journal, "A", "2025-03-31") + later(journal, day)})

    assert paper.statistics["Accruals tested"] == tested


def test_the_month_after_the_audits_period_counts_for_its_last_accruals(run: Any, journal: Any) -> None:
    lines = (
        accrual(journal, "A", "2025-03-31")
        + reversal(journal, "B", "2025-04-02")
        + accrual(journal, "C", "2025-03-31", "7.00")
    )

    paper = run("CLS-01", {"GL_Detail": lines + later(journal)}, period=parse_period("2025-03"))

    assert [found.key for found in paper.top] == ["Accrual C"]


def _built_up(journal: Any, used: str, **columns: Any) -> list[dict[str, Any]]:
    lines = later(journal)
    for month in (1, 2, 3):
        lines += accrual(journal, f"A{month}", f"2025-{month:02d}-28", **{"Approved_By": "CARL"} | columns)
    paid: list[dict[str, Any]] = journal("P", (OWED, used), ("1000", f"-{used}"), Effective_Date="2025-05-05")
    return lines + paid


def test_accruals_that_are_built_up_and_paid_are_dismissed(run: Any, journal: Any) -> None:
    paper = run("CLS-01", {"GL_Detail": _built_up(journal, "150.00")})

    assert (paper.exception_count, paper.dismissed.count) == (0, 3)


@pytest.mark.parametrize(
    ("used", "columns"), [("149.99", {}), ("150.00", {"Approved_By": "ANNA"}), ("150.00", {"Approved_By": None})]
)
def test_accruals_that_pile_up_or_that_nobody_approved_stay(
    run: Any, journal: Any, used: str, columns: dict[str, Any]
) -> None:
    assert run("CLS-01", {"GL_Detail": _built_up(journal, used, **columns)}).exception_count == 3


def test_a_forgotten_reversal_among_reversed_accruals_is_not_built_up(run: Any, journal: Any) -> None:
    lines = _built_up(journal, "150.00") + reversal(journal, "B", "2025-02-03")

    assert run("CLS-01", {"GL_Detail": lines}).exception_count == 2


@pytest.mark.parametrize(("month", "flagged"), [("04", 0), ("05", 1)])
def test_a_reversal_too_many_that_was_taken_back_at_once_is_dismissed(
    run: Any, journal: Any, month: str, flagged: int
) -> None:
    lines = (
        accrual(journal, "A", "2025-03-31")
        + reversal(journal, "B", "2025-04-01")
        + reversal(journal, "C", "2025-04-02")
    )
    lines += accrual(journal, "D", f"2025-{month}-09", JE_Header_Description="Storno")

    assert run("CLS-01", {"GL_Detail": lines + later(journal)}).exception_count == flagged


CHART = [
    {"GL_Account_Number": "9990", "GL_Account_Name": "Suspense"},
    {"GL_Account_Number": "1000", "GL_Account_Name": "Bank"},
]


def balance(account: str, period: int, amount: str, **columns: Any) -> dict[str, Any]:
    return {"GL_Account_Number": account, "Fiscal_Year": 2025, "Period": period, "Amount_Ending": amount} | columns


def test_a_suspense_account_with_a_balance_at_the_end_is_flagged(run: Any, journal: Any) -> None:
    balances = [balance("9990", 11, "0.00"), balance("9990", 12, "-44.00"), balance("1000", 12, "9.00")]

    (found,) = run("CLS-01", {"GL_Detail": later(journal), "Chart_Of_Accounts": CHART, "Trial_Balance": balances}).top

    assert found.amount == Decimal("44.00")
    assert found.reason == "Suspense account 9990 stands at -44.00 USD at the end of the period."


@pytest.mark.parametrize(("last", "tolerance", "flagged"), [("0.00", "0", 0), ("0.01", "0", 1), ("0.01", "0.01", 0)])
def test_a_suspense_account_that_was_cleared_passes(
    run: Any, journal: Any, last: str, tolerance: str, flagged: int
) -> None:
    books = {
        "GL_Detail": later(journal),
        "Chart_Of_Accounts": CHART,
        "Trial_Balance": [balance("9990", 11, "500.00"), balance("9990", 12, last)],
    }

    assert run("CLS-01", books, tolerance=tolerance).exception_count == flagged


def test_without_a_trial_balance_the_journals_tell_the_balance(run: Any, journal: Any) -> None:
    lines = journal("S", ("9990", "70.00"), ("1000", "-70.00")) + journal("T", ("1000", "30.00"), ("9990", "-30.00"))

    (found,) = run("CLS-01", {"GL_Detail": lines, "Chart_Of_Accounts": CHART}).top

    assert (found.amount, found.source_count) == (Decimal("40.00"), 2)


def item(id_: str, day: str, **columns: Any) -> dict[str, Any]:
    common = {"GL_Account_Number": "1000", "Amount": "-12.00", "Reconciliation_Date": "2025-12-31"}
    return common | {"Item_ID": id_, "Item_Date": day} | columns


@pytest.mark.parametrize(("day", "flagged"), [("2025-10-31", 1), ("2025-11-01", 0)])
def test_a_reconciling_item_is_stale_after_sixty_days(run: Any, journal: Any, day: str, flagged: int) -> None:
    paper = run("CLS-01", {"GL_Detail": later(journal), "Reconciling_Items": [item("B1", day)]})

    assert paper.exception_count == flagged


def test_an_item_that_stands_on_several_reconciliations_is_told_once_as_of_the_last(run: Any, journal: Any) -> None:
    items = [item("B1", "2025-06-01", Reconciliation_Date=day) for day in ("2025-10-31", "2025-11-30", "2025-12-31")]

    (found,) = run("CLS-01", {"GL_Detail": later(journal), "Reconciling_Items": items}).top

    assert found.reason == "Reconciling item B1 over 12.00 USD of 2025-06-01 was open for 213 days on 2025-12-31."


def test_an_item_that_was_cleared_before_the_reconciliation_passes(run: Any, journal: Any) -> None:
    items = [item("B1", "2025-06-01", Cleared_Date="2025-12-31"), item("B2", "2025-06-01", Cleared_Date="2026-01-05")]

    (found,) = run("CLS-01", {"GL_Detail": later(journal), "Reconciling_Items": items}).top

    assert found.reason.startswith("Reconciling item B2 over 12.00 USD")
    assert found.reason.endswith("; it was cleared on 2026-01-05.")


@pytest.mark.parametrize(
    ("day", "kind", "flagged"),
    [("2025-07-04", "Cheque outstanding", 0), ("2025-07-03", "Cheque outstanding", 1), ("2025-07-04", "Deposit", 1)],
)
def test_a_cheque_is_dismissed_while_it_is_valid(run: Any, journal: Any, day: str, kind: str, flagged: int) -> None:
    items = [item("B1", day, Item_Type=kind)]

    paper = run("CLS-01", {"GL_Detail": later(journal), "Reconciling_Items": items})

    assert paper.exception_count == flagged
