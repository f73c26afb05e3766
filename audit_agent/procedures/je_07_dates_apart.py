"""JE-07: back-dated and post-dated journals."""

from datetime import date
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_key, journal_lines, of_journal, with_exposure
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_EARLIEST = date(1970, 1, 1)
"""Systems write 1900-01-01 and the like for no date at all."""


class Parameters(ParameterSet):
    """Which dates are compared, and how far apart they may lie."""

    compared_date: Literal["Effective_Date", "Document_Date"] = parameter(
        "Effective_Date", "The date that is compared with the day of entry."
    )
    rule: Literal["calendar_days", "yyyymmdd_difference"] = parameter(
        "calendar_days",
        "`calendar_days` counts days. `yyyymmdd_difference` subtracts dates written as whole numbers, so that 100 "
        "is about a month: a published quirk, kept to reproduce such work.",
    )
    largest_lag: int = parameter(
        30, "Largest lag that is let pass.", unit="days, or difference of yyyymmdd", minimum="0", maximum="100000"
    )
    direction: Literal["both", "back_dated", "post_dated"] = parameter(
        "both", "Back-dated: entered after the compared date. Post-dated: entered before it."
    )
    close_days: int = parameter(
        0,
        "Flag also what was entered more than this many days after the end of the month it is dated in; 0: do not.",
        unit="days",
        minimum="0",
        maximum="366",
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines that bear both dates, with `compared`; dates before 1970 are taken as no date."""
    lines = journal_lines(books)
    lines = lines.mutate(compared=lines[parameters.compared_date])
    earliest = ibis.literal(_EARLIEST)
    return lines.filter((lines.compared >= earliest) & (lines.Entered_Date >= earliest))


def _apart(books: Books, parameters: Parameters) -> ibis.Table:
    """Flagged lines with `lag` by the rule (positive: back-dated) and `late`, days after the end of the month."""
    lines = population(books, parameters)
    if parameters.rule == "calendar_days":
        lag = lines.Entered_Date.delta(lines.compared, unit="day")
    else:
        lag = _yyyymmdd(lines.Entered_Date) - _yyyymmdd(lines.compared)
    next_month = (lines.compared.truncate("M") + ibis.interval(months=1)).cast("date")
    lines = lines.mutate(lag=lag, late=lines.Entered_Date.delta(next_month, unit="day") + 1)
    back, post = lines.lag > parameters.largest_lag, lines.lag < -parameters.largest_lag
    if parameters.close_days:
        back = back | (lines.late > parameters.close_days)
    return lines.filter({"both": back | post, "back_dated": back, "post_dated": post}[parameters.direction])


def _yyyymmdd(day: ibis.Value) -> ibis.Value:
    return day.year().cast("int64") * 10_000 + day.month().cast("int64") * 100 + day.day().cast("int64")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines whose dates lie too far apart, by journal."""
    lines = with_exposure(_apart(books, parameters), ["Journal_ID"])
    rows = lines.mutate(largest=lines.lag.abs().max().over(ibis.window(group_by="Journal_ID")))
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=rows.largest,
        fields=(*JOURNAL_FACTS, "Effective_Date", "Document_Date"),
        figures={"compared": rows.compared, "lag": rows.lag, "late": rows.late},
        part=-rows.lag.abs(),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines each way, and those that lack a date."""
    apart = _apart(books, parameters)
    ways = counts(apart, back=apart.lag > 0, post=apart.lag < 0)
    tested = int(count(population(books, parameters)))
    return Measures(
        {
            "Back-dated lines": ways["back"],
            "Post-dated lines": ways["post"],
            "Lines without both dates, not tested": str(int(count(journal_lines(books))) - tested),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Both dates and the days between them."""
    days = (row["Entered_Date"] - row["compared"]).days
    name = "effective" if parameters.compared_date == "Effective_Date" else "dated"
    order = "after" if days > 0 else "before"
    text = f"{of_journal(row)} is {name} {row['compared']} and was entered on {row['Entered_Date']}, "
    text += f"{counted(abs(days), 'day')} {order} that"
    if parameters.close_days and row["late"] > parameters.close_days:
        text += f" and {counted(row['late'], 'day')} after the end of the month"
    return text + "."


PROCEDURE = Procedure(
    id="JE-07",
    version="1",
    title="Back-dated and post-dated journals",
    purpose="Find journals whose effective or document date lies far from the day they were entered, which moves "
    "them into another period.",
    standard="ISA 240.A45; AICPA ADS general ledger 3.2.4",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Entered_Date", "Amount"),
            optional_columns=("Effective_Date", "Document_Date", "Entered_By"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Entries of the month-end close, late supplier invoices, recurring entries prepared ahead.",
    wording=Wording(
        one="journal is back-dated or post-dated",
        many="journals are back-dated or post-dated",
        none="No journal lies outside the lag allowed.",
    ),
    facts=(*JOURNAL_FACTS, "Effective_Date", "Document_Date"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
