"""JE-06: journals entered at night."""

from datetime import time

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.procedures.automatic import (
    AutomaticUsers,
    at_night,
    automatic_remark,
    automatic_users,
    left_out,
    without_automatic,
)
from audit_agent.procedures.counting import count
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    journal_key,
    journal_lines,
    of_journal,
    of_sources,
    with_exposure,
    without_users,
)
from audit_agent.procedures.parameters import parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording


class Parameters(AutomaticUsers):
    """When it is night, and whose journals are looked at."""

    night_start: time = parameter(time(20), "First moment of the night.", unit="time of day in the books' zone")
    night_end: time = parameter(
        time(6),
        "First moment after the night; before `night_start` when the night runs over midnight.",
        unit="time of day in the books' zone",
    )
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")
    excluded_users: tuple[str, ...] = parameter((), "Users left out, such as those of batch jobs.")


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines with an entry time, of the sources and users looked at."""
    lines = without_users(of_sources(journal_lines(books), parameters.sources), parameters.excluded_users)
    return lines.filter(lines.Entered_Time.notnull())


def _at_night(books: Books, parameters: Parameters) -> ibis.Table:
    lines = population(books, parameters)
    return lines.filter(at_night(lines, parameters.night_start, parameters.night_end))


def _jobs(books: Books, parameters: Parameters) -> ibis.Table:
    lines = population(books, parameters)
    return automatic_users(lines, at_night(lines, parameters.night_start, parameters.night_end), parameters)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines that people entered at night, by journal."""
    rows = without_automatic(_at_night(books, parameters), _jobs(books, parameters))
    rows = with_exposure(rows, ["Journal_ID"])
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=rows.exposure.fill_null(0),
        fields=(*JOURNAL_FACTS, "Entered_Time"),
        figures={"lines": rows.group_lines},
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines at night, those of jobs among them, and those that bear no entry time."""
    lines, night = journal_lines(books), _at_night(books, parameters)
    return Measures(
        {
            "Lines entered at night": count(night),
            **left_out(night, _jobs(books, parameters)),
            "Lines without an entry time, not tested": count(lines.filter(lines.Entered_Time.isnull())),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """The moment and the user."""
    moment = row["Entered_Time"].isoformat("seconds")
    day = f" on {row['Entered_Date']}" if row["Entered_Date"] else ""
    return f"{of_journal(row)} was entered at {moment}{day}: {counted(row['lines'], 'line')}."


PROCEDURE = Procedure(
    id="JE-06",
    version="1",
    title="Journals entered at night",
    purpose="Find journals entered outside working hours.",
    standard="ISA 240.A45",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Entered_Time", "Amount"),
            optional_columns=("Entered_Date", "Source", "Entered_By"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Jobs that run by day as well (name manual sources, or leave their users out), other time zones, "
    "late work at the close.",
    wording=Wording(
        one="journal was entered at night",
        many="journals were entered at night",
        none="No journal was entered at night.",
    ),
    facts=(*JOURNAL_FACTS, "Entered_Time"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=automatic_remark,
)
