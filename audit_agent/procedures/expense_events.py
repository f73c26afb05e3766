"""What happened to expense reports, step by step: from the log of events, else from the dates that claims carry."""

from collections.abc import Mapping, Sequence

import ibis

from audit_agent.procedures.compared_text import says
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.expenses import claims
from audit_agent.procedures.procedure import Books

REJECT, CHANGE, SUBMIT, APPROVE, FINAL, PAY = range(6)
"""What a step does, in the order in which steps of one day and no known time are taken."""

RESETS = (REJECT, CHANGE, SUBMIT)
"""After these a report needs its final approval (again)."""

DOCUMENT = ["report", "claim"]
"""What is approved and paid: a report of the log, or a single claim where its report is not in the log."""

_ORIGIN = ("Source_File", "Source_File_SHA256", "Source_Row")


def events(books: Books, words: Mapping[int, Sequence[str]], left_out: Sequence[str]) -> ibis.Table:
    """Steps of every report with `step`, or NULL where no word tells it; `table` says where the row comes from.

    `words`: phrases by step, tried in this order; an event that says one of `left_out` belongs to another document.
    Where the log knows no final approvals, every approval is one.
    """
    found = _by_claim(books)
    if books.has("Expense_Events"):
        found = _by_log(books, words, left_out).union(found)
    return found


def _by_log(books: Books, words: Mapping[int, Sequence[str]], left_out: Sequence[str]) -> ibis.Table:
    log = books.whole("Expense_Events")
    steps = [(says(log.Event, words[REJECT]), REJECT), (says(log.Event, left_out), None)]
    steps += [(says(log.Event, phrases), step) for step, phrases in words.items() if step != REJECT]
    log = log.mutate(step=ibis.cases(*steps, else_=None).cast("int64"))
    finals = (log.step == FINAL).fill_null(False).cast("int64").max().over()
    return log.select(
        report="Report_ID",
        claim=ibis.literal(""),
        step=ibis.ifelse((log.step == APPROVE) & (finals == 0), FINAL, log.step),
        said="Event",
        day="Event_Date",
        at="Event_Time",
        number=log.Event_Number.cast("int64"),
        user="User_ID",
        table=ibis.literal("Expense_Events"),
        **{name: log[name] for name in _ORIGIN},
    )


def _by_claim(books: Books) -> ibis.Table:
    """Submission, approval and payment as claims tell them; none where the books do not tell who approves when."""
    rows = books.whole("Expense_Reports")
    if books.has("Expense_Events"):
        log = books.whole("Expense_Events").select(logged="Report_ID").distinct()
        rows = rows.filter(rows.Report_ID.isnull() | ~rows.Report_ID.isin(log.logged))
    told = books.filled("Expense_Reports", "Approved_By") or books.filled("Expense_Reports", "Approved_Date")
    approved = (rows.Approved_By.notnull() | rows.Approved_Date.notnull()) & ibis.literal(told)
    parts = [
        _step(rows.filter(rows.Submitted_Date.notnull() & ibis.literal(told)), SUBMIT, "Submitted_Date", None),
        _step(rows.filter(approved), FINAL, "Approved_Date", "Approved_By"),
        _step(rows.filter(rows.Paid_Date.notnull() & ibis.literal(told)), PAY, "Paid_Date", None),
    ]
    return parts[0].union(parts[1]).union(parts[2])


def _step(rows: ibis.Table, step: int, day: str, user: str | None) -> ibis.Table:
    """One step of each claim; an approval without a day is taken to have come in time."""
    return rows.select(
        report=rows.Report_ID.fill_null(""),
        claim=rows.Expense_ID,
        step=ibis.literal(step, "int64"),
        said=ibis.literal(day),
        day=ibis.coalesce(rows[day], rows.Submitted_Date, rows.Expense_Date),
        at=ibis.null("time"),
        number=ibis.null("int64"),
        user=ibis.null("string") if user is None else rows[user],
        table=ibis.literal("Expense_Reports"),
        **{name: rows[name] for name in _ORIGIN},
    )


def in_order(rows: ibis.Table) -> ibis.Table:
    """Add `position` within the document, `final_at` and `reset_at`: the last such step before it, in its position.

    `reset_at` is ten times the position and which step it was. Times count where all events of the day have one.
    """
    day = ibis.window(group_by=[*DOCUMENT, "day"])
    rows = rows.mutate(timed=rows.at.count().over(day) == rows.count().over(day))
    moment = ibis.ifelse(rows.timed, rows.at, None)
    order = [rows.day, moment, rows.number, rows.step, rows.Source_File, rows.Source_Row]
    rows = rows.mutate(position=ibis.row_number().over(ibis.window(group_by=DOCUMENT, order_by=order)) + 1)
    before = ibis.window(group_by=DOCUMENT, order_by="position", preceding=(None, 1))
    final = ibis.ifelse(rows.step == FINAL, rows.position, None)
    reset = ibis.ifelse(rows.step.isin(RESETS), rows.position * 10 + rows.step, None)
    return rows.mutate(final_at=final.max().over(before), reset_at=reset.max().over(before))


def with_claimant(rows: ibis.Table, books: Books) -> ibis.Table:
    """Add `Employee_ID`, whose report or claim it is, `worth` and `worth_currency`; NULL where they are mixed."""
    every = claims(books, whole=True)
    single = every.select(
        "Employee_ID", "Amount", "Currency", report=every.Report_ID.fill_null(""), claim=every.Expense_ID
    )
    reports = single.filter(single.report != "").mutate(claim=ibis.literal(""))
    listed = single.union(reports)
    one = listed.Currency.min() == listed.Currency.max()
    same = listed.Employee_ID.min() == listed.Employee_ID.max()
    known = listed.group_by(DOCUMENT).aggregate(
        Employee_ID=ibis.ifelse(same, listed.Employee_ID.min(), None),
        worth=ibis.ifelse(one, listed.Amount.cast(TOTAL).sum(), None).cast(TOTAL),
        worth_currency=ibis.ifelse(one, listed.Currency.min(), None),
    )
    return rows.left_join(known, DOCUMENT).select(*rows.columns, "Employee_ID", "worth", "worth_currency")
