"""JE-12, JE-13 and JE-14: entries that explain little, approvals that are none, revenue from nowhere."""

from decimal import Decimal
from typing import Any

import pytest

CLOSE = {"Effective_Date": "2025-03-31", "Entered_Date": "2025-04-02"}
POSTINGS = (("6000", "10.00"), ("2100", "-10.00"))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        pytest.param({}, "has no description", id="blank"),
        pytest.param({"JE_Header_Description": "adj 3"}, "is described only as 'adj 3'", id="short"),
        pytest.param(
            {"JE_Line_Description": "Booking as discussed on Monday"},
            "explains itself with 'as discussed'",
            id="words for an explanation",
        ),
    ],
)
def test_little_explanation_at_the_close_is_flagged(run: Any, journal: Any, columns: dict[str, str], said: str) -> None:
    (found,) = run("JE-12", {"GL_Detail": journal("J1", *POSTINGS, **CLOSE, **columns)}).top

    assert found.reason == f"Journal J1 by ANNA, effective 2025-03-31, entered 2025-04-02, {said}."


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"JE_Header_Description": "Accrual of audit fees"}, id="explained by the header"),
        pytest.param({"Source": "AP"}, id="not made by hand"),
        pytest.param({"Effective_Date": "2025-03-12", "Entered_Date": "2025-03-12"}, id="not at the close"),
        pytest.param({"Effective_Date": "2025-03-26", "Entered_Date": "2025-03-26"}, id="six days before the end"),
    ],
)
def test_what_explains_itself_or_is_ordinary_business_is_not(run: Any, journal: Any, columns: dict[str, str]) -> None:
    assert run("JE-12", {"GL_Detail": journal("J1", *POSTINGS, **(CLOSE | columns))}).flagged_count == 0


def test_one_line_that_explains_the_journal_is_enough(run: Any, journal: Any) -> None:
    lines = journal("J1", *POSTINGS, **CLOSE)
    lines[1]["JE_Line_Description"] = "Freight of the March deliveries"

    assert run("JE-12", {"GL_Detail": lines}).exception_count == 0


def test_an_approved_reversal_needs_no_text_of_its_own(run: Any, journal: Any) -> None:
    first = journal("J1", *POSTINGS, Effective_Date="2025-02-10", Entered_Date="2025-02-10")
    back = journal("J2", ("6000", "-10.00"), **CLOSE, Reversal_Journal_ID="J1", Approved_By="BEN")

    paper = run("JE-12", {"GL_Detail": first + back})

    assert (paper.exception_count, paper.flagged_count) == (0, 1)
    assert run("JE-12", {"GL_Detail": first + back}, dismiss="").exception_count == 1


LIMITS = [{"User_ID": "BEN", "Limit_Amount": "10.00", "Amount_Currency": "USD", "Document_Type": "Journal"}]


@pytest.mark.parametrize(
    ("approver", "amount", "reason"),
    [
        ("anna", "10.00", "Journal J1 by ANNA over 10.00 USD was approved by its preparer."),
        (None, "10.00", "Journal J1 by ANNA over 10.00 USD was approved by nobody."),
        ("BEN", "10.01", "Journal J1 by ANNA over 10.01 USD was approved by BEN, whose limit is 10.00 USD."),
    ],
)
def test_wrong_approvals_are_flagged_each_for_its_reason(
    run: Any, journal: Any, approver: str | None, amount: str, reason: str
) -> None:
    lines = journal("J1", ("6000", amount), ("2100", f"-{amount}"), Approved_By=approver)
    other = journal("J2", ("6000", "1.00"), ("2100", "-1.00"), Approved_By="CARL")

    (found,) = run("JE-13", {"GL_Detail": lines + other, "Approval_Limits": LIMITS}).top

    assert (found.reason, found.amount) == (reason, Decimal(amount))


@pytest.mark.parametrize(
    ("columns", "parameters"),
    [
        pytest.param({"Approved_By": "BEN"}, {}, id="within the limit"),
        pytest.param({"Approved_By": None}, {"approval_above": "10"}, id="too small to need one"),
        pytest.param({"Approved_By": None, "Source": "AP"}, {}, id="made by a system"),
        pytest.param({"Approved_By": "CARL"}, {}, id="an approver without a limit"),
    ],
)
def test_approvals_that_are_right(run: Any, journal: Any, columns: dict[str, Any], parameters: dict[str, str]) -> None:
    lines = journal("J1", *POSTINGS, **columns) + journal("J2", *POSTINGS, Approved_By="BEN")

    paper = run("JE-13", {"GL_Detail": lines, "Approval_Limits": LIMITS}, **parameters)

    assert paper.exception_count == 0


def test_a_limit_for_other_documents_or_in_another_currency_is_none_for_journals(run: Any, journal: Any) -> None:
    others = [LIMITS[0] | {"Document_Type": "Purchase order"}, LIMITS[0] | {"Amount_Currency": "EUR"}]
    lines = journal("J1", ("6000", "99.00"), ("2100", "-99.00"), Approved_By="BEN")

    assert run("JE-13", {"GL_Detail": lines, "Approval_Limits": others}).exception_count == 0


CHART = [
    {"GL_Account_Number": "1200", "GL_Account_Name": "Trade receivables", "Account_Type": "Asset"},
    {"GL_Account_Number": "2999", "GL_Account_Name": "Suspense", "Account_Type": "Liability"},
    {"GL_Account_Number": "4000", "GL_Account_Name": "Sales", "Account_Type": "Revenue"},
    {"GL_Account_Number": "5000", "GL_Account_Name": "Cost of sales", "Account_Type": "Expense"},
]


@pytest.mark.parametrize(
    ("debited", "flagged"),
    [
        pytest.param("1200", 0, id="a receivable"),
        pytest.param("4000", 0, id="revenue itself"),
        pytest.param("2999", 1, id="suspense"),
        pytest.param("5000", 1, id="cost of sales"),
        pytest.param("7777", 1, id="an account the chart does not have"),
    ],
)
def test_revenue_comes_from_receivables_and_not_from_anywhere(
    run: Any, journal: Any, debited: str, flagged: int
) -> None:
    lines = journal("J1", (debited, "10.00"), ("4000", "-10.00"))

    paper = run("JE-14", {"GL_Detail": lines, "Chart_Of_Accounts": CHART})

    assert paper.exception_count == flagged


def test_the_exposure_is_what_the_unusual_account_is_debited(run: Any, journal: Any) -> None:
    lines = journal("J1", ("1200", "7.00"), ("2999", "3.00"), ("4000", "-10.00"))

    (found,) = run("JE-14", {"GL_Detail": lines, "Chart_Of_Accounts": CHART}).top

    assert (found.amount, found.source_count) == (Decimal("3.00"), 1)
    assert found.reason == (
        "Journal J1 by ANNA credits revenue and debits 3.00 USD to account 2999 (Suspense), to which revenue is not "
        "debited in the ordinary course."
    )


def test_a_linked_reversal_of_cost_and_revenue_is_dismissed(run: Any, journal: Any) -> None:
    lines = journal("J1", ("2999", "10.00"), ("4000", "-10.00"), Reversal_Journal_ID="J0")
    books = {"GL_Detail": lines, "Chart_Of_Accounts": CHART}

    assert (run("JE-14", books).exception_count, run("JE-14", books).flagged_count) == (0, 1)
    assert run("JE-14", books, dismiss="").exception_count == 1
