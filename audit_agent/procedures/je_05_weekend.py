"""JE-05: journals entered on weekends and public holidays."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.calendar_days import public_holidays
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    journal_key,
    journal_lines,
    lines_in_words,
    of_journal,
    of_sources,
    with_exposure,
    without_users,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Parameters(ParameterSet):
    """Which days are not worked, and whose journals are looked at."""

    weekend: tuple[Weekday, ...] = parameter(("saturday", "sunday"), "Days of the week that are not worked.")
    country: str = parameter(
        "", "Country whose public holidays are not worked (ISO 3166, `DE` or `DE-BY`); none when empty."
    )
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")
    excluded_users: tuple[str, ...] = parameter((), "Users left out, such as those of batch jobs.")


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines with an entry date, of the sources and users looked at."""
    lines = without_users(of_sources(journal_lines(books), parameters.sources), parameters.excluded_users)
    return lines.filter(lines.Entered_Date.notnull())


def _off_days(books: Books, parameters: Parameters) -> ibis.Table:
    """Tested lines entered on a day that is not worked, with `weekday` (Monday is 0) and `holiday` (or NULL)."""
    lines = population(books, parameters)
    lines = lines.mutate(weekday=lines.Entered_Date.day_of_week.index(), holiday=_holiday(lines, parameters))
    if books.has("Holidays"):
        lines = _with_own_holidays(lines, books, parameters)
    numbers = [_WEEK.index(name) for name in parameters.weekend]
    return lines.filter(lines.weekday.isin(numbers) | lines.holiday.notnull())


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
    return joined.mutate(holiday=ibis.coalesce(joined.holiday, joined.own_name)).drop("own_name", "Holiday_Date")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines entered on a day off, by journal."""
    rows = with_exposure(_off_days(books, parameters), ["Journal_ID"])
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
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines by kind of day, and those that bear no entry date."""
    lines = journal_lines(books)
    off = _off_days(books, parameters)
    days = counts(off, holidays=off.holiday.notnull())
    return Measures(
        {
            "Lines entered on a weekend or public holiday": days["all"],
            "of these on a public holiday": days["holidays"],
            "Lines without an entry date, not tested": count(lines.filter(lines.Entered_Date.isnull())),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """The day, its name, and the user."""
    day = f"{_WEEK[row['weekday']].capitalize()} {row['Entered_Date']}"
    holiday = f", a public holiday ({row['holiday']})" if row["holiday"] else ""
    return f"{of_journal(row)} was entered on {day}{holiday}: {lines_in_words(row['lines'])}."


PROCEDURE = Procedure(
    id="JE-05",
    version="1",
    title="Journals entered on weekends and holidays",
    purpose="Find journals entered on days when nobody is expected to work.",
    standard="ISA 240.A45; AS 2401.61",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Entered_Date", "Amount"),
            optional_columns=("Source", "Entered_By"),
        ),
        TableNeed(table="Holidays", columns=("Holiday_Date",), optional_columns=("Name", "Country"), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="very high",
    false_positives="Batch jobs and interfaces, entries made in other time zones, weekend work at the close.",
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
)
