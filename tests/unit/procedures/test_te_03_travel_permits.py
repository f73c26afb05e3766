"""TE-03: trips above their budget, without a permit, or with one that came too late."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period

STAFF = [{"Employee_ID": "E1", "User_ID": "ANNA"}, {"Employee_ID": "E2", "User_ID": "BEN"}]
NAMED = {
    "Expense_ID": "N1",
    "Employee_ID": "E9",
    "Expense_Date": "2025-03-03",
    "Amount": "0.01",
    "Permit_ID": "P0",
    "Category": "Meals",
}
"""A claim on a permit of somebody else, so that the books know of permits."""
P0 = {"Permit_ID": "P0", "Approved_Date": "2025-01-01", "Approved_By": "BEN"}


def claim(id_: str = "X1", **columns: Any) -> dict[str, Any]:
    """A hotel on permit P1."""
    common = {
        "Employee_ID": "E1",
        "Expense_Date": "2025-03-03",
        "Amount": "600.00",
        "Amount_Currency": "USD",
        "Category": "Hotel",
        "Report_ID": "R1",
        "Permit_ID": "P1",
    }
    return common | {"Expense_ID": id_} | columns


def permit(**columns: Any) -> dict[str, Any]:
    """P1 of E1 over 1,000, approved the day before its trip."""
    return {
        "Permit_ID": "P1",
        "Employee_ID": "E1",
        "Budget_Amount": "1000.00",
        "Amount_Currency": "USD",
        "Approved_By": "BEN",
        "Approved_Date": "2025-03-02",
        "Trip_Start": "2025-03-03",
        "Trip_End": "2025-03-07",
    } | columns


def books(*claims: dict[str, Any], permits: Any = None) -> dict[str, Any]:
    listed = [permit()] if permits is None else permits
    return {"Expense_Reports": [NAMED, *claims], "Travel_Permits": [P0, *listed], "Employees": STAFF}


def test_two_reports_together_exceed_the_budget_of_their_permit(run: Any) -> None:
    (found,) = run("TE-03", books(claim("X1"), claim("X2", Report_ID="R2", Paid_Date="2025-04-01"))).top

    assert (found.amount, found.source_count) == (Decimal("200.00"), 2)
    assert found.reason == (
        "E1 claimed 1,200.00 USD on permit P1: 200.00 USD more than the approved budget of 1,000.00 USD; 600.00 USD "
        "was paid."
    )


@pytest.mark.parametrize(
    ("second", "parameters"),
    [
        pytest.param({"Amount": "400.00"}, {}, id="exactly the budget"),
        pytest.param({"Amount": "-100.00"}, {}, id="some was paid back"),
        pytest.param({}, {"over_percent": "20"}, id="within what is let pass"),
        pytest.param({"Amount_Currency": "EUR"}, {}, id="another currency is not compared"),
    ],
)
def test_trips_within_their_budget(run: Any, second: dict[str, str], parameters: dict[str, str]) -> None:
    assert run("TE-03", books(claim("X1"), claim("X2", **second)), **parameters).flagged_count == 0


def test_what_was_claimed_before_the_period_counts_towards_the_budget(run: Any) -> None:
    later = NAMED | {"Expense_ID": "N2", "Expense_Date": "2025-05-02"}
    rows = books(claim("X1", Expense_Date="2025-03-31"), claim("X2", Expense_Date="2025-04-01"), later)

    assert run("TE-03", rows, period=parse_period("2025-04-01..2025-04-30")).exception_count == 1
    assert run("TE-03", rows, period=parse_period("2025-05-01..2025-05-31")).exception_count == 0


def test_a_report_without_a_permit_is_held_against_its_own_budget(run: Any) -> None:
    rows = books(claim("X1", Permit_ID=None, Budget_Amount="500.00"))

    (found,) = run("TE-03", rows).top

    assert found.reason == (
        "E1 claimed 600.00 USD on report R1: 100.00 USD more than the approved budget of 500.00 USD."
    )


@pytest.mark.parametrize(
    ("claimed", "permits", "reason"),
    [
        pytest.param(
            {"Permit_ID": "P7"},
            [permit()],
            "E1 claimed 600.00 USD on permit P7: the permit is not in the listing of permits.",
            id="unknown",
        ),
        pytest.param(
            {"Permit_ID": None},
            [],
            "E1 claimed 600.00 USD on report R1: there is travel in it, and no permit is named.",
            id="none",
        ),
        pytest.param(
            {"Permit_ID": None, "Category": None},
            [],
            "E1 claimed 600.00 USD on report R1: there is travel in it, and no permit is named.",
            id="category left blank",
        ),
        pytest.param(
            {},
            [permit(Approved_Date=None, Approved_By=None)],
            "E1 claimed 600.00 USD on permit P1: nobody approved the permit.",
            id="approved by nobody",
        ),
        pytest.param(
            {},
            [permit(Approved_Date="2025-03-05")],
            "E1 claimed 600.00 USD on permit P1: the permit was approved on 2025-03-05, 2 days after the trip began "
            "on 2025-03-03.",
            id="late",
        ),
    ],
)
def test_trips_that_nobody_permitted_before(
    run: Any, claimed: dict[str, Any], permits: list[dict[str, Any]], reason: str
) -> None:
    (found,) = run("TE-03", books(claim(**claimed), permits=permits)).top

    assert (found.reason, found.amount) == (reason, Decimal("600.00"))


@pytest.mark.parametrize(
    ("claimed", "permits", "parameters"),
    [
        pytest.param({"Permit_ID": "p1"}, [permit()], {}, id="small letters"),
        pytest.param({"Permit_ID": None, "Category": "Meals"}, [], {}, id="no travel"),
        pytest.param({"Permit_ID": None}, [], {"permit_from": "600.01"}, id="too small for a permit"),
        pytest.param({}, [permit(Approved_Date="2025-03-03")], {}, id="approved on the first day"),
        pytest.param({}, [permit(Approved_Date="2025-03-05")], {"grace_days": "2"}, id="within the grace"),
        pytest.param(
            {}, [permit(Budget_Amount="500.00"), permit(Approved_Date="2025-03-06")], {}, id="raised during the trip"
        ),
    ],
)
def test_trips_that_were_permitted(
    run: Any, claimed: dict[str, Any], permits: list[dict[str, Any]], parameters: dict[str, str]
) -> None:
    assert run("TE-03", books(claim(**claimed), permits=permits), **parameters).flagged_count == 0


@pytest.mark.parametrize(
    ("marked", "approvers", "dismissed"),
    [
        pytest.param(True, ("BEN", "BEN"), True, id="marked and approved"),
        pytest.param(False, ("BEN", "BEN"), False, id="not marked"),
        pytest.param(True, ("BEN", "ANNA"), False, id="one approved by the traveller"),
        pytest.param(True, ("BEN", None), False, id="one not approved"),
    ],
)
def test_overspending_that_was_seen_is_dismissed(
    run: Any, marked: bool, approvers: tuple[str | None, str | None], dismissed: bool
) -> None:
    spent = [claim(f"X{number}", Approved_By=approver) for number, approver in enumerate(approvers)]

    paper = run("TE-03", books(*spent, permits=[permit(Overspent=marked)]))

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def test_a_mark_of_overspending_does_not_make_up_for_a_late_permit(run: Any) -> None:
    spent = [claim(f"X{number}", Approved_By="BEN") for number in (1, 2)]

    paper = run("TE-03", books(*spent, permits=[permit(Overspent=True, Approved_Date="2025-03-05")]))

    assert paper.exception_count == 1


@pytest.mark.parametrize(
    ("second", "listed", "dismissed"),
    [
        pytest.param({}, permit(), True, id="forgot to name it"),
        pytest.param({"Expense_Date": "2025-03-08"}, permit(), False, id="after the trip"),
        pytest.param({"Employee_ID": "E2"}, permit(), False, id="another's permit"),
        pytest.param({"Amount": "401.00"}, permit(), False, id="more than is left of the budget"),
        pytest.param({}, permit(Approved_Date="2025-03-04", Trip_Start="2025-03-03"), False, id="approved late"),
        pytest.param({}, permit(Budget_Amount=None), False, id="no budget"),
    ],
)
def test_claims_within_a_permit_they_do_not_name_are_dismissed(
    run: Any, second: dict[str, str], listed: dict[str, Any], dismissed: bool
) -> None:
    unnamed = claim("X2", **({"Amount": "400.00", "Permit_ID": None, "Report_ID": "R2"} | second))

    paper = run("TE-03", books(claim("X1"), unnamed, permits=[listed]), grace_days="9")

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def test_two_unnamed_claims_that_only_each_fit_the_budget_are_not_dismissed(run: Any) -> None:
    unnamed = [claim(f"X{n}", Permit_ID=None, Report_ID=f"R{n}") for n in (1, 2)]

    assert run("TE-03", books(*unnamed)).exception_count == 2


def test_what_the_books_do_not_tell_is_said(run: Any) -> None:
    rows = {
        "Expense_Reports": [claim(Category=None), claim("X2", Category=None, Permit_ID=None)],
        "Travel_Permits": [permit(Approved_By=None, Approved_Date=None)],
    }

    paper = run("TE-03", rows)

    assert paper.flagged_count == 0
    assert paper.statistics["Trips without a permit"] == "claims name no category, not tested"
    assert paper.statistics["Days of approval"] == "the listing of permits does not tell them, not tested"
