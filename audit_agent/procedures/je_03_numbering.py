"""JE-03: gaps in the numbers of journals, and numbers that were used twice."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.exact import no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, all_journal_lines, journal_lines
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_ABOVE_EVERY_GAP = 10**18
"""A number used twice weighs more than any gap: gaps have harmless causes, such as cached number ranges."""


class Parameters(ParameterSet):
    """Which journals are numbered together, and which jumps are gaps."""

    series: Literal["prefix", "prefix_and_source", "prefix_and_year"] = parameter(
        "prefix",
        "Journals numbered together: those whose ids begin alike before the number, or also share source or fiscal "
        "year.",
    )
    largest_gap: int = parameter(
        10_000,
        "A jump over more numbers than this starts another number range and is only counted; 0 takes every jump as "
        "a gap.",
        unit="numbers",
        minimum="0",
        maximum="1000000000000000",
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every journal."""
    return journal_lines(books).select("Journal_ID").distinct()


def _jumps(books: Books, parameters: Parameters) -> ibis.Table:
    """Consecutive journals of a series between which numbers are missing, if one of the two is in the period."""
    lines = all_journal_lines(books)
    lines = lines.mutate(
        prefix=lines.Journal_ID.re_replace("[0-9]+$", ""),
        digits=lines.Journal_ID.re_extract("([0-9]+)$", 1),
        year=lines.Fiscal_Year.fill_null(0),
        origin=lines.Source.fill_null(""),
    )
    lines = lines.filter((lines.digits.length() > 0) & (lines.digits.length() <= 18))
    series = {"prefix": [], "prefix_and_source": ["origin"], "prefix_and_year": ["year"]}[parameters.series]
    journals = lines.select("Journal_ID", "prefix", *series, number=lines.digits.cast("int64")).distinct()
    window = ibis.window(group_by=["prefix", *series], order_by=[journals.number, journals.Journal_ID])
    pairs = journals.select(
        previous_id=journals.Journal_ID.lag().over(window),
        next_id=journals.Journal_ID,
        missing=journals.number - journals.number.lag().over(window) - 1,
    )
    current = population(books, parameters).Journal_ID
    return pairs.filter((pairs.missing > 0) & (pairs.previous_id.isin(current) | pairs.next_id.isin(current)))


def _gaps(books: Books, parameters: Parameters) -> ibis.Table:
    jumps = _jumps(books, parameters)
    return jumps.filter(jumps.missing <= parameters.largest_gap) if parameters.largest_gap else jumps


def _gap_rows(books: Books, parameters: Parameters) -> ibis.Table:
    """The first line of the journal before each gap and of the one after it."""
    gaps = _gaps(books, parameters)
    before = gaps.mutate(Journal_ID=gaps.previous_id, side=ibis.literal(0, "int64"))
    after = gaps.mutate(Journal_ID=gaps.next_id, side=ibis.literal(1, "int64"))
    lines = all_journal_lines(books)
    window = ibis.window(group_by="Journal_ID", order_by=["Source_File", "Source_File_SHA256", "Source_Row"])
    lines = lines.mutate(position=ibis.row_number().over(window))
    rows = lines.filter(lines.position == 0).inner_join(before.union(after), "Journal_ID")
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Numbers between ") + rows.previous_id + " and " + rows.next_id,
        amount=no_amount(),
        currency=ibis.null("string"),
        day=rows.Entered_Date,
        weight=rows.missing,
        fields=JOURNAL_FACTS,
        figures={
            "previous_id": rows.previous_id,
            "next_id": rows.next_id,
            "missing": rows.missing,
            "users": ibis.literal(0, "int64"),
            "days": ibis.literal(0, "int64"),
        },
        part=rows.side,
    )


def _reused(books: Books) -> ibis.Table:
    """Journals of one fiscal year whose lines were entered by different users or on different days."""
    lines = journal_lines(books)
    lines = lines.mutate(year=lines.Fiscal_Year.fill_null(0))
    entries = lines.group_by(["Journal_ID", "year"]).aggregate(
        users=lines.Entered_By.nunique(), days=lines.Entered_Date.nunique()
    )
    return entries.filter((entries.users > 1) | (entries.days > 1))


def _reused_rows(books: Books) -> ibis.Table:
    lines = journal_lines(books)
    rows = lines.mutate(year=lines.Fiscal_Year.fill_null(0)).inner_join(_reused(books), ["Journal_ID", "year"])
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Journal number ") + rows.Journal_ID,
        amount=no_amount(),
        currency=ibis.null("string"),
        day=rows.Entered_Date,
        weight=ibis.literal(_ABOVE_EVERY_GAP, "int64"),
        fields=JOURNAL_FACTS,
        figures={
            "previous_id": ibis.null("string"),
            "next_id": ibis.null("string"),
            "missing": ibis.literal(0, "int64"),
            "users": rows.users,
            "days": rows.days,
        },
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Both neighbours of every gap, and every line of a number used twice."""
    return _gap_rows(books, parameters).union(_reused_rows(books))


def measures(books: Books, parameters: Parameters) -> Measures:
    """Gaps, missing numbers, jumps between ranges, and numbers used twice."""
    jumps, gaps = _jumps(books, parameters), _gaps(books, parameters)
    found = gaps.aggregate(gaps=gaps.count(), missing=gaps.missing.sum().fill_null(0).cast("int64"))
    figures = found.to_pyarrow().to_pylist()[0]
    ranges = jumps.count().to_pyarrow().as_py() - figures["gaps"]
    journals = population(books, parameters)
    return Measures(
        {
            "Gaps": str(figures["gaps"]),
            "Missing numbers": str(figures["missing"]),
            "Jumps taken as another number range": str(ranges),
            "Numbers used twice": count(_reused(books)),
            "Journals without a number, not tested": count(journals.filter(~journals.Journal_ID.re_search("[0-9]$"))),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How many numbers are missing where, or what differs under one number."""
    if row["missing"] == 1:
        return f"One number is missing between journals {row['previous_id']} and {row['next_id']}."
    if row["missing"]:
        return f"{row['missing']:,} numbers are missing between journals {row['previous_id']} and {row['next_id']}."
    return (
        f"Journal number {row['Journal_ID']} was used more than once: its lines were entered by "
        f"{counted(row['users'], 'user')} on {counted(row['days'], 'day')}."
    )


PROCEDURE = Procedure(
    id="JE-03",
    version="1",
    title="Gaps and duplicates in journal numbering",
    purpose="Find numbers missing from the sequence of journals, which may have been deleted or left out of the "
    "extract, and numbers that stand for more than one entry.",
    standard="ISA 240.33(a); AICPA ADS general ledger 3.1.1",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID",),
            optional_columns=("Source", "Fiscal_Year", "Entered_By", "Entered_Date"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Number ranges shared with other ledgers, cached by the system or reserved for parked documents.",
    wording=Wording(
        one="irregularity in the numbering of journals",
        many="irregularities in the numbering of journals",
        none="Journals are numbered without gaps or duplicates.",
    ),
    facts=JOURNAL_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
