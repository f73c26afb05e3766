"""JE-10: journals entered by people who hardly ever enter any, or should not."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.extenuating import approved_by_another
from audit_agent.procedures.flagging import flagged, without
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    journal_lines,
    of_sources,
    with_exposure,
    without_users,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_JOINER = DismissalRule(
    id="new-joiner",
    title="Joined of late, all approved",
    because="The listing says that the user is active since shortly before these entries, which explains how few there "
    "are, and somebody else approved every one of them.",
)


class Parameters(ParameterSet):
    """Who is rare, and who is not expected to enter journals."""

    largest_lines: int = parameter(
        10, "A user with this many lines or fewer is rare.", unit="lines", minimum="0", maximum="1000000"
    )
    titles: tuple[str, ...] = parameter(
        (), "Words in titles of people not expected to enter journals, such as CEO,CFO,IT; uses User_Listing."
    )
    unlisted: bool = parameter(False, "Flag also users who are not in User_Listing.")
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")
    excluded_users: tuple[str, ...] = parameter((), "Users left out, such as those of batch jobs.")
    joined_days: int = parameter(
        60,
        "Somebody who entered the last line at most this many days after joining is a new joiner.",
        unit="days",
        minimum="1",
        maximum="366",
    )
    inactive_words: tuple[str, ...] = parameter(
        ("inactive", "blocked", "left", "terminated", "no"),
        "Values of Active_Status of users who are no longer active.",
    )
    dismiss: tuple[Literal["new-joiner"], ...] = dismiss_parameter(_JOINER)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines that name a user, of the sources and users looked at."""
    lines = without_users(of_sources(journal_lines(books), parameters.sources), parameters.excluded_users)
    return lines.filter(lines.Entered_By.notnull())


def _users(books: Books, parameters: Parameters) -> ibis.Table:
    """Unusual users with `user_lines`, `title` where it is the reason, and whether they are `unknown`."""
    lines = population(books, parameters)
    users = lines.group_by("Entered_By").aggregate(user_lines=lines.count())
    users = _with_listing(users, books, parameters)
    rare = users.user_lines <= parameters.largest_lines
    return users.filter(rare | users.title.notnull() | users.unknown)


def _with_listing(users: ibis.Table, books: Books, parameters: Parameters) -> ibis.Table:
    if not books.has("User_Listing"):
        return users.mutate(title=ibis.null("string"), unknown=ibis.literal(False), joined=ibis.null("date"))
    listing = books.table("User_Listing")
    inactive = (
        listing.Active_Status.fill_null("").strip().lower().isin([word.lower() for word in parameters.inactive_words])
    )
    people = listing.group_by(code=listing.User_ID.upper()).aggregate(
        held=listing.Title.max(), joined=ibis.ifelse(inactive, None, listing.Active_Modified_Date).min()
    )
    joined = users.left_join(people, users.Entered_By.upper() == people.code)
    unknown = joined.code.isnull() if parameters.unlisted else ibis.literal(False)
    named = ibis.ifelse(_has_word(joined.held, parameters.titles), joined.held, None)
    return without(joined.mutate(title=named, unknown=unknown), "code", "held")


def _has_word(title: ibis.Value, words: tuple[str, ...]) -> ibis.Value:
    """Whether a title contains one of the words as a word: IT is in `Head of IT`, not in `Auditor`."""
    padded = ibis.literal(" ") + title.fill_null("").upper().re_replace("[^A-Z0-9]+", " ") + " "
    found = ibis.literal(False)
    for word in words:
        found = found | padded.contains(f" {word.upper()} ")
    return found


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Every line of an unusual user, the users with the fewest lines first."""
    lines = with_exposure(population(books, parameters), ["Entered_By"])
    rows = lines.inner_join(_users(books, parameters), "Entered_By")
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("User ") + rows.Entered_By,
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=-rows.user_lines,
        fields=JOURNAL_FACTS,
        figures={"user_lines": rows.user_lines, "title": rows.title, "unknown": rows.unknown},
        dismissed=first_of(parameters.dismiss, {_JOINER.id: _new(rows, parameters) & approved_by_another(rows)}),
    )


def _new(rows: ibis.Table, parameters: Parameters) -> ibis.Value:
    """Whether a line of a user whose title is expected was entered in the days after joining."""
    days = rows.Entered_Date.delta(rows.joined, unit="day")
    return rows.title.isnull() & (days >= 0) & (days <= parameters.joined_days)


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many people enter journals."""
    lines = population(books, parameters)
    rare = _users(books, parameters).filter(lambda users: users.user_lines <= parameters.largest_lines)
    nameless = journal_lines(books).filter(lambda all_lines: all_lines.Entered_By.isnull())
    return Measures(
        {
            "Users": count(lines.select("Entered_By").distinct()),
            "Rare users": count(rare),
            "Lines without a user, not tested": count(nameless),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How many lines, and what else is unexpected."""
    text = f"User {row['Entered_By']} entered {counted(row['user_lines'], 'line')}"
    if row["user_lines"] <= parameters.largest_lines:
        text += f" (rare: {parameters.largest_lines:,} or fewer)"
    if row["title"]:
        text += f", and is not expected to enter journals as {row['title']}"
    if row["unknown"]:
        text += ", and is not in the user listing"
    return text + "."


PROCEDURE = Procedure(
    id="JE-10",
    version="2",
    title="Rare and unexpected preparers",
    purpose="Find journals entered by people who hardly ever enter any, by managers and others who are not expected "
    "to, and by users nobody lists.",
    standard="ISA 240.A45(b); AS 2401.61",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Entered_By", "Amount"),
            optional_columns=("Entered_Date", "Source", "Approved_By"),
        ),
        TableNeed(
            table="User_Listing",
            columns=("User_ID",),
            optional_columns=("Title", "Active_Status", "Active_Modified_Date"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="New joiners, stand-ins during holidays, users of interfaces that post seldom.",
    wording=Wording(
        one="user enters journals unexpectedly",
        many="users enter journals unexpectedly",
        none="No rare or unexpected user entered journals.",
    ),
    facts=JOURNAL_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_JOINER,),
)
