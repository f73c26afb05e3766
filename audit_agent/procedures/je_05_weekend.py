"""JE-05: journals entered on weekends and public holidays."""

from datetime import time
from typing import Literal

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
from audit_agent.procedures.calendar_days import WEEK, Weekday, public_holidays
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.extenuating import approved_by_another
from audit_agent.procedures.flagging import flagged, without
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

_CLOSE = DismissalRule(
    id="month-end-close",
    title="Month-end close, approved",
    because="It was entered at the end of the month it is dated in, when accountants close the books on whatever day "
    "that is, and somebody else approved it.",
)


class Parameters(AutomaticUsers):
    """Which days are not worked, and whose journals are looked at."""

    weekend: tuple[Weekday, ...] = parameter(("saturday", "sunday"), "Days of the week that are not worked.")
    country: str = parameter(
        "", "Country whose public holidays are not worked (ISO 3166, `DE` or `DE-BY`); none when empty."
    )
    night_start: time = parameter(
        time(20),
        "First moment of the night, when nobody works either: jobs are told by it, no journal is listed for it.",
        unit="time of day in the books' zone",
    )
    night_end: time = parameter(time(6), "First moment after that night.", unit="time of day in the books' zone")
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")
    excluded_users: tuple[str, ...] = parameter((), "Users left out, such as those of batch jobs.")
    close_days: int = parameter(
        0, "Days before the last of a month that belong to its close.", unit="days", minimum="0", maximum="10"
    )
    dismiss: tuple[Literal["month-end-close"], ...] = dismiss_parameter(_CLOSE)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines with an entry date, of the sources and users looked at."""
    lines = without_users(of_sources(journal_lines(books), parameters.sources), parameters.excluded_users)
    return lines.filter(lines.Entered_Date.notnull())


def _dated(books: Books, parameters: Parameters) -> ibis.Table:
    """Tested lines with `weekday` (Monday is 0), `holiday` (or NULL), and whether the day is `off`."""
    lines = population(books, parameters)
    lines = lines.mutate(weekday=lines.Entered_Date.day_of_week.index(), holiday=_holiday(lines, parameters))
    if books.has("Holidays"):
        lines = _with_own_holidays(lines, books, parameters)
    numbers = [WEEK.index(name) for name in parameters.weekend]
    return lines.mutate(off=lines.weekday.isin(numbers) | lines.holiday.notnull())


def _jobs(dated: ibis.Table, parameters: Parameters) -> ibis.Table:
    night = at_night(dated, parameters.night_start, parameters.night_end)
    return automatic_users(dated, dated.off | night.fill_null(False), parameters)


def _holiday(lines: ibis.Table, parameters: Parameters) -> ibis.Value:
    none = ibis.null("string")
    if not parameters.country:
        return none
    years = lines.aggregate(first=lines.Entered_Date.year().min(), last=lines.Entered_Date.year().max())
    row = years.to_pyarrow().to_pylist()[0]
    if row["first"] is None:
        return none
    days = public_holidays(parameters.country, row["first"], row["last"])
    return ibis.cases(*((lines.Entered_Date == ibis.literal(day), name) for day, name in days.items()), else_=none)


def _with_own_holidays(lines: ibis.Table, books: Books, parameters: Parameters) -> ibis.Table:
    """Add the holidays that the books carry: those of the country asked for, or all."""
    listed = books.table("Holidays")
    if parameters.country:
        listed = listed.filter(listed.Country.isnull() | (listed.Country == parameters.country))
    names = listed.group_by("Holiday_Date").aggregate(own_name=listed.Name.fill_null("public holiday").min())
    joined = lines.left_join(names, lines.Entered_Date == names.Holiday_Date)
    named = joined.mutate(holiday=ibis.coalesce(joined.holiday, joined.own_name))
    return without(named, "own_name", "Holiday_Date")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines that people entered on a day off, by journal."""
    dated = _dated(books, parameters)
    rows = without_automatic(dated.filter(dated.off), _jobs(dated, parameters))
    rows = with_exposure(rows, ["Journal_ID"])
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=rows.exposure.fill_null(0),
        fields=JOURNAL_FACTS,
        figures={"weekday": rows.weekday, "holiday": rows.holiday, "lines": rows.group_lines},
        dismissed=first_of(parameters.dismiss, {_CLOSE.id: _closes(rows, parameters) & approved_by_another(rows)}),
    )


def _closes(rows: ibis.Table, parameters: Parameters) -> ibis.Value:
    """Whether a line was entered in the last days of the month that it is dated in."""
    month = rows.Entered_Date.truncate("M")
    next_month = (month + ibis.interval(months=1)).cast("date")
    left = next_month.delta(rows.Entered_Date, unit="day") - 1
    return (rows.Effective_Date.truncate("M") == month) & (left <= parameters.close_days)


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines by kind of day, those of jobs among them, and those that bear no entry date."""
    lines, dated = journal_lines(books), _dated(books, parameters)
    off = dated.filter(dated.off)
    days = counts(off, holidays=off.holiday.notnull())
    return Measures(
        {
            "Lines entered on a weekend or public holiday": days["all"],
            "of these on a public holiday": days["holidays"],
            **left_out(off, _jobs(dated, parameters)),
            "Lines without an entry date, not tested": count(lines.filter(lines.Entered_Date.isnull())),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """The day, its name, and the user."""
    day = f"{WEEK[row['weekday']].capitalize()} {row['Entered_Date']}"
    holiday = f", a public holiday ({row['holiday']})" if row["holiday"] else ""
    return f"{of_journal(row)} was entered on {day}{holiday}: {counted(row['lines'], 'line')}."


PROCEDURE = Procedure(
    id="JE-05",
    version="2",
    title="Journals entered on weekends and holidays",
    purpose="Find journals entered on days when nobody is expected to work.",
    standard="ISA 240.A45; AS 2401.61",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Entered_Date", "Amount"),
            optional_columns=("Source", "Entered_By", "Entered_Time", "Approved_By", "Effective_Date"),
        ),
        TableNeed(table="Holidays", columns=("Holiday_Date",), optional_columns=("Name", "Country"), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="very high",
    false_positives="Jobs that run on working days as well, entries made in other time zones, weekend work at the "
    "close.",
    wording=Wording(
        one="journal was entered on a weekend or holiday",
        many="journals were entered on weekends or holidays",
        none="No journal was entered on a weekend or holiday.",
    ),
    facts=JOURNAL_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=automatic_remark,
    dismissals=(_CLOSE,),
)
