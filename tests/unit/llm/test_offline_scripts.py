"""The scripts of the offline investigator, case by case: what it looks up, and what it makes of it."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.ids import StepId
from audit_agent.domain.investigation import Judgement, Lead
from audit_agent.domain.investigation_paper import ResultRow, ToolResult, Turn
from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.llm.contexts import InvestigationContext, SeenTurn
from audit_agent.llm.offline.investigation import turn_by_rule
from tests.peers.audit_samples import AUDIT

Rows = dict[str, list[dict[str, str]]]
"""Rows by `TABLE`, or by tool for those that are of no table."""


def exception(**facts: str) -> ExceptionItem:
    return ExceptionItem(
        ref="S01-E00001", key="K", reason="R", score=Decimal(1), amount=Decimal("119.00"), currency="EUR", facts=facts,
        sources=(), source_count=2,
    )  # fmt: skip


def judged(procedure: str, item: ExceptionItem, books: Rows) -> Judgement:
    """The script's turns over books that consist of these rows, whatever is asked of them but the sign of amounts."""
    lead = Lead(id="S01-I01", step=StepId("S01"), procedure=procedure, title="T", exceptions=(item.ref,))
    seen: list[SeenTurn] = []
    while True:
        turn = turn_by_rule(context(lead, item, books, seen), lambda _: (), "offline-rules/1")
        if turn.conclusion is not None:
            return turn.conclusion.judgement
        seen.append(SeenTurn(turn=turn, results=found(turn, books, sum(len(one.results) for one in seen))))


def context(lead: Lead, item: ExceptionItem, books: Rows, seen: list[SeenTurn]) -> InvestigationContext:
    return InvestigationContext(
        audit=AUDIT, lead=lead, procedure=None, exceptions=(item,), tables=dict.fromkeys(books, ()), tools=(),
        seen=tuple(seen), turns_left=9, calls_left=9,
    )  # fmt: skip


def found(turn: Turn, books: Rows, before: int) -> tuple[ToolResult, ...]:
    results = []
    for number, call in enumerate(turn.calls, before + 1):
        asked = call.arguments
        tables = [asked["table"]] if "table" in asked else list(books)
        rows = [
            ResultRow(cite=f"{table}:books.csv:{row}", values=values)
            for table in tables
            for row, values in enumerate(books.get(table, []), 2)
            if _fits(values, asked)
        ]
        results.append(ToolResult(ref=f"T{number:02d}", call=call, rows=tuple(rows)))
    return tuple(results)


def _fits(values: dict[str, str], asked: dict[str, str]) -> bool:
    if "Invoice_Amount<=" in asked:
        return Decimal(values["Invoice_Amount"]) < 0
    return "Invoice_Amount" not in asked or Decimal(values["Invoice_Amount"]) == Decimal(asked["Invoice_Amount"])


def invoice(day: str, amount: str = "119.00", number: str = "R-1", **more: str) -> dict[str, str]:
    return {"Invoice_Date": day, "Invoice_Amount": amount, "Invoice_Number": number, **more}


TWICE = exception(Supplier_Account_ID="V1", Invoice_Amount="119.00", Invoice_Number="R-1", Invoice_Date="2025-03-11")


@pytest.mark.parametrize(
    ("invoices", "judgement"),
    [
        ([invoice("2025-03-11"), invoice("2025-03-11")], Judgement.CONFIRMED),
        ([invoice("2025-03-11"), invoice("2025-03-11"), invoice("2025-04-02", "-119.00")], Judgement.EXPLAINED),
        ([invoice("2025-03-11"), invoice("2025-03-11"), invoice("2025-01-02", "-119.00")], Judgement.CONFIRMED),
        ([invoice("2025-01-11"), invoice("2025-02-11"), invoice("2025-03-11")], Judgement.EXPLAINED),
        ([invoice("2025-01-11", number="R-0"), invoice("2025-02-11"), invoice("2025-03-11")], Judgement.CONFIRMED),
    ],
    ids=["twice", "credited afterwards", "credited long before", "instalments of one number", "no schedule"],
)
def test_duplicate_invoices(invoices: list[dict[str, str]], judgement: Judgement) -> None:
    assert judged("P2P-01", TWICE, {"Invoices_Received": invoices}) is judgement


@pytest.mark.parametrize(
    ("credits", "judgement"),
    [
        ([], Judgement.CONFIRMED),
        ([invoice("2025-05-01", "-119.00")], Judgement.EXPLAINED),
        ([invoice("2025-05-01", "-141.61", Tax_Amount="-22.61")], Judgement.EXPLAINED),
        ([invoice("2025-05-01", "-50.00")], Judgement.CONFIRMED),
    ],
    ids=["no credit", "credited", "credited with its tax", "another amount"],
)
def test_differences_to_order_and_receipt(credits: list[dict[str, str]], judgement: Judgement) -> None:
    item = exception(Supplier_Account_ID="V1", PO_ID="4500")

    assert judged("P2P-04", item, {"Invoices_Received": credits, "Purchase_Orders": [{"PO_ID": "4500"}]}) is judgement


def entered(day: str, title: str, approver: str, active: str = "Active", since: str = "2021-03-01") -> Rows:
    return {
        "User_Listing": [{"Title": title, "Active_Status": active, "Active_Modified_Date": since}],
        "GL_Detail": [{"Entered_By": "A", "Approved_By": approver, "Entered_Date": day}],
    }


@pytest.mark.parametrize(
    ("day", "title", "approver", "judgement"),
    [
        ("2025-03-16", "System account", "", Judgement.EXPLAINED),
        ("2025-05-31", "Head of Accounting", "B", Judgement.EXPLAINED),
        ("2025-05-31", "Head of Accounting", "A", Judgement.CONFIRMED),
        ("2025-05-17", "Head of Accounting", "B", Judgement.CONFIRMED),
        ("2025-05-31", "Clerk", "B", Judgement.CONFIRMED),
    ],
    ids=["a job", "closing the month", "approved alone", "in mid-month", "somebody else at month's end"],
)
def test_entries_at_odd_times(day: str, title: str, approver: str, judgement: Judgement) -> None:
    item = exception(Entered_By="A", Entered_Date=day, Journal_ID="J1")

    assert judged("JE-05", item, entered(day, title, approver)) is judgement
    assert judged("JE-06", item, entered(day, title, approver)) is judgement


@pytest.mark.parametrize(
    ("listed", "judgement"),
    [
        ({"title": "Managing Director (CEO)"}, Judgement.CONFIRMED),
        ({"title": "Temporary accountant", "active": "Inactive"}, Judgement.CONFIRMED),
        ({"title": "Senior accountant"}, Judgement.UNDETERMINED),
    ],
    ids=["not their work", "has left", "no reason to tell"],
)
def test_rare_users(listed: dict[str, Any], judgement: Judgement) -> None:
    books = entered("2025-05-01", approver="B", **listed)

    assert judged("JE-10", exception(Entered_By="A"), books) is judgement


def test_books_without_users_leave_it_open() -> None:
    assert judged("JE-10", exception(Entered_By="A"), {"GL_Detail": []}) is Judgement.UNDETERMINED


def test_without_a_script_a_person_has_to_look() -> None:
    assert judged("JE-15", exception(), {}) is Judgement.UNDETERMINED


def test_a_conclusion_that_does_not_stand_the_check_is_undetermined() -> None:
    lead = Lead(id="S01-I01", step=StepId("S01"), procedure="P2P-01", title="T", exceptions=(TWICE.ref,))
    last = context(lead, TWICE, {}, []).model_copy(update={"turns_left": 1})

    conclusion = turn_by_rule(last, lambda _: ("Statement 1 cites T09, which does not exist.",), "me").conclusion

    assert conclusion is not None
    assert (conclusion.judgement, conclusion.by) == (Judgement.UNDETERMINED, "rule")
