"""Dismissal rules: what they explain away, what they must not, and what is kept of it."""

from typing import Any

import pyarrow.parquet as pq
import pytest

from audit_agent.store.evidence import FolderEvidence

CHART = [
    {"GL_Account_Number": "1000", "GL_Account_Name": "Bank", "Account_Type": "Asset", "Account_Subtype": "Cash"},
    {"GL_Account_Number": "2400", "GL_Account_Name": "Bank loans", "Account_Type": "Liability"},
    {"GL_Account_Number": "3003", "GL_Account_Name": "Dividends declared", "Account_Type": "Equity"},
    {"GL_Account_Number": "4000", "GL_Account_Name": "Sales", "Account_Type": "Revenue"},
]
SATURDAY_31_MAY = {"Entered_Date": "2025-05-31", "Effective_Date": "2025-05-31"}


@pytest.mark.parametrize(
    ("columns", "dismissed"),
    [
        pytest.param(SATURDAY_31_MAY | {"Approved_By": "BEN"}, True, id="closed and approved"),
        pytest.param(SATURDAY_31_MAY | {"Approved_By": "anna"}, False, id="approved by the preparer"),
        pytest.param(SATURDAY_31_MAY, False, id="not approved"),
        pytest.param(
            {"Entered_Date": "2025-05-24", "Effective_Date": "2025-05-24", "Approved_By": "BEN"}, False, id="mid-month"
        ),
        pytest.param(
            {"Entered_Date": "2025-05-31", "Effective_Date": "2025-04-30", "Approved_By": "BEN"}, False, id="back-dated"
        ),
    ],
)
def test_weekend_work_at_the_close_is_dismissed_when_another_approved_it(
    run: Any, journal: Any, columns: dict[str, str], dismissed: bool
) -> None:
    paper = run("JE-05", {"GL_Detail": journal("J1", ("6000", "10.00"), ("2100", "-10.00"), **columns)})

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def test_what_is_dismissed_is_kept_with_rule_reason_and_sources(
    run: Any, journal: Any, evidence: FolderEvidence
) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"), **SATURDAY_31_MAY, Approved_By="BEN")
    lines += journal("J2", ("6000", "20.00"), ("2100", "-20.00"), **SATURDAY_31_MAY)

    paper = run("JE-05", {"GL_Detail": lines})

    (item,) = paper.dismissed.top
    assert (item.ref, item.key, item.rule, item.source_count) == ("S01-D00001", "Journal J1", "month-end-close", 2)
    assert item.because == paper.dismissed.by[0].because
    assert [found.ref for found in paper.top] == ["S01-E00001"]
    assert paper.conclusion.endswith("1 more was flagged and dismissed (Month-end close, approved: 1).")
    stored = pq.read_table(evidence.path(paper.dismissed.items)).to_pylist()
    assert [row["exception_dismissed_because"] for row in stored] == [item.because] * 2


def test_without_the_rule_it_is_an_exception_again(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"), **SATURDAY_31_MAY, Approved_By="BEN")

    paper = run("JE-05", {"GL_Detail": lines}, dismiss="")

    assert (paper.exception_count, paper.dismissed) == (1, None)


def test_an_exception_is_dismissed_only_with_all_its_rows(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"), **SATURDAY_31_MAY, Approved_By="BEN")
    lines[1]["Approved_By"] = None

    assert run("JE-05", {"GL_Detail": lines}).exception_count == 1


@pytest.mark.parametrize(
    ("other_account", "dismissed"),
    [pytest.param("2400", True, id="a loan"), pytest.param("4000", False, id="revenue")],
)
def test_a_round_loan_that_was_paid_out_is_dismissed(
    run: Any, journal: Any, other_account: str, dismissed: bool
) -> None:
    lines = journal("J1", ("1000", "50000.00"), (other_account, "-50000.00"))

    paper = run("JE-08", {"GL_Detail": lines, "Chart_Of_Accounts": CHART})

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def test_a_round_accrual_of_loan_interest_is_no_payment(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "50000.00"), ("2400", "-50000.00"))

    assert run("JE-08", {"GL_Detail": lines, "Chart_Of_Accounts": [CHART[1]]}).exception_count == 1


def test_an_entry_that_was_reversed_and_entered_again_stands_once(run: Any, journal: Any) -> None:
    postings = (("6000", "10.00"), ("2100", "-10.00"))
    back = (("6000", "-10.00"), ("2100", "10.00"))
    lines = journal("J1", *postings) + journal("J2", *back, Reversal_Journal_ID="J1") + journal("J3", *postings)

    paper = run("JE-09", {"GL_Detail": lines})

    assert (paper.exception_count, paper.flagged_count) == (0, 2)


def test_a_third_copy_is_not_explained_by_one_reversal(run: Any, journal: Any) -> None:
    postings = (("6000", "10.00"), ("2100", "-10.00"))
    back = (("6000", "-10.00"), ("2100", "10.00"))
    lines = journal("J1", *postings) + journal("J2", *back, Reversal_Journal_ID="J1")
    lines += journal("J3", *postings) + journal("J4", *postings)

    assert run("JE-09", {"GL_Detail": lines}).exception_count == 2


JOINED = {"User_ID": "ANNA", "Title": "Junior accountant", "Active_Status": "Active"}


@pytest.mark.parametrize(
    ("listed", "approver", "dismissed"),
    [
        pytest.param(JOINED | {"Active_Modified_Date": "2025-03-01"}, "BEN", True, id="joined days before"),
        pytest.param(JOINED | {"Active_Modified_Date": "2025-03-01"}, None, False, id="nobody approved"),
        pytest.param(JOINED | {"Active_Modified_Date": "2024-03-01"}, "BEN", False, id="joined long ago"),
        pytest.param(JOINED | {"Active_Modified_Date": "2025-03-20"}, "BEN", False, id="posts before joining"),
        pytest.param(
            JOINED | {"Active_Status": "Inactive", "Active_Modified_Date": "2025-03-01"}, "BEN", False, id="left"
        ),
    ],
)
def test_few_lines_of_somebody_who_joined_of_late_are_dismissed(
    run: Any, journal: Any, listed: dict[str, str], approver: str | None, dismissed: bool
) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"), Approved_By=approver)

    paper = run("JE-10", {"GL_Detail": lines, "User_Listing": [listed]})

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


@pytest.mark.parametrize(
    ("other_account", "approver", "dismissed"),
    [
        pytest.param("1000", "BEN", True, id="paid and approved"),
        pytest.param("1000", "ANNA", False, id="approved by the preparer"),
        pytest.param("4000", "BEN", False, id="no money moved"),
    ],
)
def test_a_dividend_once_a_year_is_dismissed_when_it_was_paid_and_approved(
    run: Any, journal: Any, other_account: str, approver: str, dismissed: bool
) -> None:
    lines = journal("J1", ("3003", "312.50"), (other_account, "-312.50"), Approved_By=approver)

    paper = run("JE-11", {"GL_Detail": lines, "Chart_Of_Accounts": CHART}, largest_lines="1")

    keys = {item.key for item in paper.top}
    assert ("Account 3003" not in keys) is dismissed
