"""TE-04: expenses approved by whoever claims them, paid without a final approval, or approved before submission."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.expense_events import (
    APPROVE,
    CHANGE,
    DOCUMENT,
    FINAL,
    PAY,
    REJECT,
    SUBMIT,
    events,
    in_order,
    with_claimant,
)
from audit_agent.procedures.expenses import approved_by_another, with_approver
from audit_agent.procedures.flagging import flagged, without
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_COUNTERSIGNED = DismissalRule(
    id="countersigned",
    title="Approved finally by another before payment",
    because="Besides the claimant, another employee gave the final approval, after the last change and before anything "
    "was paid.",
)
_FACTS = ("Report_ID", "Expense_ID", "Employee_ID", "Event", "Event_Date", "User_ID")
_NEVER = 9
_NOT_TESTED = "Claims and approvals"


class Parameters(ParameterSet):
    """By which words steps are told; a phrase counts as whole words, and the first list that fits counts."""

    rejected_words: tuple[str, ...] = parameter(
        (
            *("rejected", "refused", "declined", "returned", "sent back", "not approved", "cancelled", "canceled"),
            *("withdrawn", "change requested", "changes requested", "abgelehnt", "storniert", "refusé"),
        ),
        "Events by which an approval is taken back or refused.",
    )
    other_words: tuple[str, ...] = parameter(
        ("permit", "advance", "requested", "to be"),
        "Events of other documents, or that only ask for a step; they are left out.",
    )
    paid_words: tuple[str, ...] = parameter(
        ("paid", "payment handled", "payment executed", "reimbursed", "bezahlt", "ausgezahlt", "payé"),
        "Events of payment.",
    )
    changed_words: tuple[str, ...] = parameter(
        ("changed", "amended", "edited", "modified", "geändert", "modifié"), "Events of changing a report."
    )
    submitted_words: tuple[str, ...] = parameter(
        ("submitted", "resubmitted", "eingereicht", "soumis"), "Events of handing in a report."
    )
    final_words: tuple[str, ...] = parameter(
        ("final approved", "finally approved", "fully approved", "endgültig genehmigt"),
        "Events of final approval; where no event of the log is one, every approval is.",
    )
    approved_words: tuple[str, ...] = parameter(
        ("approved", "released", "genehmigt", "freigegeben", "approuvé"), "Events of approval."
    )
    shared_users: tuple[str, ...] = parameter(
        ("system", "staff member", "batch", "workflow", "administrator"),
        "Users that stand for many people or none; nothing follows from two steps under such a name.",
    )
    dismiss: tuple[Literal["countersigned"], ...] = dismiss_parameter(_COUNTERSIGNED)


def _events(books: Books, parameters: Parameters) -> ibis.Table:
    words = {
        REJECT: parameters.rejected_words,
        PAY: parameters.paid_words,
        CHANGE: parameters.changed_words,
        SUBMIT: parameters.submitted_words,
        FINAL: parameters.final_words,
        APPROVE: parameters.approved_words,
    }
    return events(books, words, parameters.other_words)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Events that are a known step, of reports to which something happened in the audit's period."""
    rows = _events(books, parameters)
    rows = rows.filter(rows.step.notnull())
    if books.period is None:
        return rows
    first, last = (ibis.date(day.isoformat()) for day in (books.period.start, books.period.end))
    return rows.semi_join(rows.filter(rows.day.between(first, last)), DOCUMENT)


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Events with what is wrong: `own` (approved by the claimant), `early`, `unapproved` (paid so); and `another`."""
    rows = with_claimant(in_order(population(books, parameters)), books)
    shared = [name.lower() for name in parameters.shared_users]
    rows = rows.mutate(
        person=ibis.ifelse(rows.user.strip().lower().isin(shared), None, rows.user) if shared else rows.user
    )
    rows = with_approver(rows.mutate(Approved_By=rows.person), books)
    handed_in = rows.filter((rows.step == SUBMIT) & rows.person.notnull())
    handed_in = handed_in.select(*DOCUMENT, submitter=handed_in.person.upper()).distinct()
    rows = rows.left_join(
        handed_in,
        [*(rows[name] == handed_in[name] for name in DOCUMENT), rows.person.upper() == handed_in.submitter],
        rname="{name}_submitted",
    )
    claimant = rows.Employee_ID.upper()
    same = rows.submitter.notnull() | (rows.person.upper() == claimant).fill_null(False)
    same = same | (rows.approver == claimant).fill_null(False)
    document = ibis.window(group_by=DOCUMENT)
    first_submission = rows.position.min(where=rows.step == SUBMIT).over(document)
    approves = rows.step.isin([APPROVE, FINAL])
    return rows.mutate(
        own=approves & same,
        early=(approves & (rows.position < first_submission)).fill_null(False),
        unapproved=(rows.step == PAY)
        & (rows.final_at.isnull() | (rows.reset_at > rows.final_at * 10).fill_null(False)),
        another=((rows.step == FINAL) & ~same & approved_by_another(rows)).fill_null(False),
    )


def _told(rows: ibis.Table) -> ibis.Table:
    """With what is wrong with the whole document, in the figures of `reason`."""
    document = ibis.window(group_by=DOCUMENT)
    last_reset = rows.position.max(where=rows.step.isin([REJECT, CHANGE, SUBMIT])).over(document).fill_null(0)
    first_paid = rows.position.min(where=rows.step == PAY).over(document)
    rows = rows.mutate(counts_as_second=rows.another & (rows.position > last_reset) & (
        first_paid.isnull() | (rows.position < first_paid)
    ))  # fmt: skip
    before = ibis.ifelse(rows.final_at.isnull(), _NEVER, rows.reset_at % 10)
    return rows.mutate(
        approved_own=ibis.ifelse(rows.own, rows.person, None).min().over(document),
        own_day=ibis.ifelse(rows.own, rows.day, None).min().over(document),
        early_day=ibis.ifelse(rows.early, rows.day, None).min().over(document),
        paid_day=ibis.ifelse(rows.unapproved, rows.day, None).min().over(document),
        because=ibis.ifelse(rows.unapproved, rows.position * 10 + before, None).min().over(document) % 10,
        approved_after=ibis.ifelse(rows.step == FINAL, rows.day, None).max().over(document),
        second=rows.counts_as_second.cast("int64").max().over(document) == 1,
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All steps of reports whose approval went wrong, the largest first."""
    rows = _told(_judged(books, parameters))
    only_own = rows.early_day.isnull() & rows.paid_day.isnull()
    rows = rows.mutate(only_own=only_own).filter(
        rows.approved_own.notnull() | rows.early_day.notnull() | rows.paid_day.notnull()
    )
    report = ibis.ifelse(rows.claim == "", ibis.literal("Report ") + rows.report, ibis.literal("Claim ") + rows.claim)
    on = ibis.ifelse((rows.claim == "") | (rows.report == ""), "", ibis.literal(" on report ") + rows.report)
    figures = ("approved_own", "own_day", "early_day", "paid_day", "because", "approved_after")
    found = flagged(
        rows,
        table="Expense_Events",
        key=report + on,
        amount=rows.worth.abs(),
        currency=rows.worth_currency,
        day=rows.day,
        weight=rows.worth.abs().fill_null(0),
        figures={
            "document": report + on,
            "Report_ID": rows.report.nullif(""),
            "Expense_ID": rows.claim.nullif(""),
            "Employee_ID": rows.Employee_ID,
            "Event": rows.said,
            "Event_Date": rows.day,
            "User_ID": rows.user,
            "of_table": rows.table,
            **{name: rows[name] for name in figures},
        },
        part=rows.position,
        dismissed=first_of(parameters.dismiss, {_COUNTERSIGNED.id: rows.only_own & rows.second}),
    )
    # Steps come from the log or, where a report is not in it, from its claims.
    return without(found.mutate(Source_Table=found.of_table), "of_table")


def measures(books: Books, parameters: Parameters) -> Measures:
    """Steps by kind, and what could not be told."""
    rows = population(books, parameters)
    every = _events(books, parameters)
    found = counts(
        rows, logged=rows.table == "Expense_Events", final=rows.step == FINAL, paid=rows.step == PAY,
        nameless=rows.step.isin([APPROVE, FINAL]) & rows.user.isnull(),
    )  # fmt: skip
    statistics = {
        "Steps from the log of events": found["logged"],
        "Final approvals": found["final"],
        "Payments": found["paid"],
        "Approvals that name nobody, not compared with the claimant": found["nameless"],
        "Events of no known kind, left out": count(every.filter(every.step.isnull())),
    }
    if not books.has("Expense_Events") and found["all"] == "0":
        statistics[_NOT_TESTED] = "the books have neither a log of events nor approvals of claims, nothing was tested"
    return Measures(statistics)


def remark(measures: Measures, parameters: Parameters) -> str:
    """Says so where nothing could be tested."""
    said = measures.statistics.get(_NOT_TESTED)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def reason(row: Row, parameters: Parameters) -> str:
    """Who approved or paid what when it was not to be."""
    amount, currency = row["exception_amount"], row["exception_currency"]
    over = f" over {show(amount, currency)}" if amount is not None else ""
    of = f" of {row['Employee_ID']}" if row["Employee_ID"] else ""
    wrong = []
    if row["approved_own"]:
        wrong.append(f"was approved on {row['own_day']} by {row['approved_own']}, who claims or submitted it")
    if row["early_day"]:
        wrong.append(f"was approved on {row['early_day']}, before it was submitted")
    if row["paid_day"]:
        wrong.append(f"was paid on {row['paid_day']} {_without_approval(row)}")
    return f"{row['document']}{of}{over} {' and '.join(wrong)}."


def _without_approval(row: Row) -> str:
    if row["because"] == _NEVER:
        later = row["approved_after"]
        return f"without a final approval, which came on {later}" if later else "without a final approval"
    done = {REJECT: "rejected", CHANGE: "changed", SUBMIT: "submitted again"}[row["because"]]
    return f"after it was {done}, without being approved again"


PROCEDURE = Procedure(
    id="TE-04",
    version="1",
    title="Approval sequence of expenses",
    purpose="Find expense reports approved by whoever claims or submitted them, paid without a final approval that "
    "still held, or approved before they were submitted.",
    standard="COSO principle 10; SOX 404 (segregation of duties)",
    inputs=(
        TableNeed(
            table="Expense_Reports",
            columns=("Expense_ID", "Employee_ID", "Expense_Date", "Amount"),
            optional_columns=(
                "Report_ID",
                "Submitted_Date",
                "Approved_By",
                "Approved_Date",
                "Paid_Date",
                "Amount_Currency",
            ),
        ),
        TableNeed(
            table="Expense_Events",
            columns=("Report_ID", "Event", "Event_Date"),
            optional_columns=("Event_Time", "Event_Number", "User_ID"),
            required=False,
        ),
        TableNeed(table="Employees", columns=("Employee_ID",), optional_columns=("User_ID",), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Approvals kept in another system, user names that several people share, a second signature that "
    "the log does not call final.",
    wording=Wording(
        one="expense was not properly approved",
        many="expenses were not properly approved",
        none="Every expense was approved finally by another before it was paid.",
    ),
    facts=_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
    dismissals=(_COUNTERSIGNED,),
)
