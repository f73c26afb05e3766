"""TE-04: approvals by the claimant, payments without an approval that holds, and approvals before submission."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period

STAFF = [
    {"Employee_ID": "E1", "User_ID": "ANNA"},
    {"Employee_ID": "E2", "User_ID": "BEN"},
    {"Employee_ID": "E3", "User_ID": "CARL"},
]
CLAIM = {"Expense_ID": "X1", "Report_ID": "R1", "Employee_ID": "E1", "Expense_Date": "2025-03-01", "Amount": "90.00"}
SUBMITTED, FINAL, PAID = (
    "Declaration SUBMITTED by EMPLOYEE",
    "Declaration FINAL_APPROVED by SUPERVISOR",
    "Payment Handled",
)
LATE = (FINAL, "06", "BEN")


def log(*events: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    """Events of R1 as `(event, day of March or moment, user)`."""
    rows = []
    for event, moment, user in events:
        day, _, time = moment.partition(" ")
        common = {"Report_ID": "R1", "Event": event, "Event_Date": f"2025-03-{day}", "User_ID": user}
        rows.append(common | ({"Event_Time": time} if time else {}))
    return rows


def books(*events: tuple[str, str, str | None], claims: Any = (CLAIM,)) -> dict[str, Any]:
    return {"Expense_Events": log(*events), "Expense_Reports": list(claims), "Employees": STAFF}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), (FINAL, "04", "anna"), (PAID, "05", "SYSTEM")],
            "was approved on 2025-03-04 by anna, who claims or submitted it.",
            id="by the claimant",
        ),
        pytest.param(
            [(SUBMITTED, "03", "CARL"), (FINAL, "04", "CARL"), (PAID, "05", "SYSTEM")],
            "was approved on 2025-03-04 by CARL, who claims or submitted it.",
            id="by whoever submitted it for the claimant",
        ),
        pytest.param(
            [(SUBMITTED, "03", "CARL"), (FINAL, "04", "E1"), (PAID, "05", "SYSTEM")],
            "was approved on 2025-03-04 by E1, who claims or submitted it.",
            id="by the claimant under the number",
        ),
        pytest.param(
            [
                (SUBMITTED, "03", "ANNA"),
                ("Declaration APPROVED by ADMINISTRATION", "04", "BEN"),
                (PAID, "05", None),
                LATE,
            ],
            "was paid on 2025-03-05 without a final approval, which came on 2025-03-06.",
            id="paid before the final approval",
        ),
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), (PAID, "05", None), ("Permit FINAL_APPROVED by SUPERVISOR", "02", "BEN")],
            "was paid on 2025-03-05 without a final approval.",
            id="only its permit was approved",
        ),
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), (FINAL, "04", "BEN"), ("Declaration REJECTED", "05", "BEN"), (PAID, "06", "X")],
            "was paid on 2025-03-06 after it was rejected, without being approved again.",
            id="rejected after approval",
        ),
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), (FINAL, "04", "BEN"), ("Amount changed", "05", "ANNA"), (PAID, "06", "X")],
            "was paid on 2025-03-06 after it was changed, without being approved again.",
            id="changed after approval",
        ),
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), (FINAL, "04", "BEN"), (SUBMITTED, "05", "ANNA"), (PAID, "06", "X")],
            "was paid on 2025-03-06 after it was submitted again, without being approved again.",
            id="submitted again after approval",
        ),
        pytest.param(
            [(FINAL, "03 10:00", "BEN"), (SUBMITTED, "03 11:00", "ANNA"), (FINAL, "04", "BEN"), (PAID, "05", "X")],
            "was approved on 2025-03-03, before it was submitted.",
            id="approved before it was submitted",
        ),
    ],
)
def test_reports_whose_approval_went_wrong(run: Any, events: list[tuple[str, str, str | None]], said: str) -> None:
    (found,) = run("TE-04", books(*events)).top

    assert (found.key, found.amount, found.source_count) == ("Report R1", Decimal("90.00"), _known(events))
    assert found.reason == f"Report R1 of E1 over 90.00 USD {said}"


def _known(events: list[tuple[str, str, str | None]]) -> int:
    return sum("Permit" not in event for event, _, _ in events)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([(SUBMITTED, "03", "ANNA"), (FINAL, "04", "BEN"), (PAID, "05", "X")], id="in order"),
        pytest.param([(PAID, "04", "X"), (FINAL, "04", "BEN"), (SUBMITTED, "04", "ANNA")], id="one day, no times"),
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), (FINAL, "04", "BEN"), ("Request Payment", "04", "X"), ("Unpaid", "05", "X")],
            id="not paid yet",
        ),
        pytest.param(
            [(SUBMITTED, "03", "ANNA"), ("REJECTED", "04", "BEN"), (SUBMITTED, "05", "ANNA"), LATE, (PAID, "07", "X")],
            id="rejected, then approved",
        ),
        pytest.param(
            [(SUBMITTED, "03", "STAFF MEMBER"), (FINAL, "04", "STAFF MEMBER"), (PAID, "05", "SYSTEM")],
            id="a name that many share",
        ),
        pytest.param([(SUBMITTED, "03", "ANNA"), (FINAL, "04", None), (PAID, "05", None)], id="nobody is named"),
    ],
)
def test_reports_that_went_their_way(run: Any, events: list[tuple[str, str, str | None]]) -> None:
    assert run("TE-04", books(*events)).flagged_count == 0


def test_where_no_approval_is_called_final_every_approval_is(run: Any) -> None:
    paper = run("TE-04", books(("submitted", "03", "ANNA"), ("Approved", "04", "BEN"), ("Paid", "05", None)))

    assert (paper.flagged_count, paper.statistics["Final approvals"]) == (0, "1")


def test_the_number_of_an_event_orders_those_of_one_moment(run: Any) -> None:
    rows = books((SUBMITTED, "03", "ANNA"), (PAID, "04", "X"), (FINAL, "04", "BEN"))
    for number, row in enumerate(rows["Expense_Events"]):
        row["Event_Number"] = number

    assert run("TE-04", rows).exception_count == 1


def test_a_report_is_tested_in_the_period_in_which_something_happened(run: Any) -> None:
    rows = books((SUBMITTED, "03", "ANNA"), (PAID, "31", "X"))
    rows["Expense_Reports"].append(CLAIM | {"Expense_ID": "X2", "Report_ID": "R2", "Expense_Date": "2025-04-01"})
    rows["Expense_Events"].append({"Report_ID": "R2", "Event": SUBMITTED, "Event_Date": "2025-04-01", "User_ID": "Y"})

    assert run("TE-04", rows, period=parse_period("2025-03")).exception_count == 1
    assert run("TE-04", rows, period=parse_period("2025-04")).exception_count == 0


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        pytest.param({"Approved_By": "ANNA"}, "by ANNA, who claims or submitted it.", id="by the claimant"),
        pytest.param({"Paid_Date": "2025-03-09"}, "paid on 2025-03-09 without a final approval.", id="not approved"),
        pytest.param(
            {"Approved_By": "BEN", "Approved_Date": "2025-03-10", "Paid_Date": "2025-03-09"},
            "was paid on 2025-03-09 without a final approval, which came on 2025-03-10.",
            id="approved after payment",
        ),
        pytest.param(
            {"Approved_By": "BEN", "Approved_Date": "2025-03-02", "Submitted_Date": "2025-03-03"},
            "was approved on 2025-03-02, before it was submitted.",
            id="approved before submission",
        ),
        pytest.param({"Approved_By": "BEN", "Approved_Date": "2025-03-09", "Paid_Date": "2025-03-09"}, "", id="well"),
        pytest.param({"Approved_By": "BEN", "Paid_Date": "2025-03-09"}, "", id="approved on a day nobody knows"),
    ],
)
def test_without_a_log_the_dates_of_claims_tell(run: Any, columns: dict[str, str], said: str) -> None:
    other = {"Expense_ID": "X9", "Employee_ID": "E3", "Expense_Date": "2025-03-01", "Amount": "1.00"}
    well = other | {"Approved_By": "BEN", "Approved_Date": "2025-03-02"}

    paper = run("TE-04", {"Expense_Reports": [CLAIM | columns, well], "Employees": STAFF})

    assert [item.key for item in paper.top] == (["Claim X1 on report R1"] if said else [])
    assert not said or said in paper.top[0].reason


def test_a_claim_that_was_paid_past_the_log_is_flagged(run: Any) -> None:
    past = CLAIM | {"Expense_ID": "X2", "Report_ID": "R2", "Paid_Date": "2025-03-09"}
    rows = books((SUBMITTED, "03", "ANNA"), (FINAL, "04", "BEN"), (PAID, "05", "X"), claims=[CLAIM, past])
    rows["Expense_Reports"][0] = CLAIM | {"Approved_By": "BEN"}

    assert [item.key for item in run("TE-04", rows).top] == ["Claim X2 on report R2"]


def test_books_that_tell_of_no_approvals_are_not_called_clean(run: Any) -> None:
    paper = run("TE-04", {"Expense_Reports": [CLAIM | {"Paid_Date": "2025-03-09"}]})

    assert paper.population == 0
    assert paper.conclusion.startswith("The books have neither a log of events nor approvals of claims")


@pytest.mark.parametrize(
    ("events", "dismissed"),
    [
        pytest.param([(FINAL, "05", "BEN"), (PAID, "06", "X")], True, id="another signed before payment"),
        pytest.param([(FINAL, "05", "BEN")], True, id="another signed, not paid yet"),
        pytest.param([(PAID, "05", "X"), (FINAL, "06", "BEN")], False, id="another signed after payment"),
        pytest.param(
            [(FINAL, "05", "BEN"), ("changed", "06", "ANNA"), (FINAL, "07", "ANNA"), (PAID, "08", "X")],
            False,
            id="changed after the other signed",
        ),
        pytest.param([(FINAL, "05", "NOBODY"), (PAID, "06", "X")], False, id="the other is no employee"),
        pytest.param([(FINAL, "05", "SYSTEM"), (PAID, "06", "X")], False, id="the other is a machine"),
        pytest.param([(FINAL, "05", "E1"), (PAID, "06", "X")], False, id="the other is the same under the number"),
    ],
)
def test_an_approval_of_ones_own_is_dismissed_where_another_signed_too(
    run: Any, events: list[tuple[str, str, str | None]], dismissed: bool
) -> None:
    paper = run("TE-04", books((SUBMITTED, "03", "ANNA"), (FINAL, "04", "ANNA"), *events))

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
