"""ACC-02: work in the name of people who had left, and accounts that several people share."""

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_lines, with_exposure
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording


class Parameters(ParameterSet):
    """Who has left, and how long handing over may take."""

    grace_days: int = parameter(
        0,
        "Days after the last one on which work in the name of a leaver is let pass.",
        unit="days",
        minimum="0",
        maximum="366",
    )
    inactive_words: tuple[str, ...] = parameter(
        ("inactive", "blocked", "left", "terminated", "no"), "Values of Active_Status of users who have left."
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Journal lines that name a user and a day of entry."""
    lines = journal_lines(books)
    return lines.filter(lines.Entered_By.notnull() & lines.Entered_Date.notnull())


def _leavers(books: Books, parameters: Parameters) -> ibis.Table:
    """Users who have left, with their last day: from the staff listing, else from the listing of users."""
    listing = books.whole("User_Listing")
    words = [word.lower() for word in parameters.inactive_words]
    gone = listing.Active_Status.fill_null("").strip().lower().isin(words)
    users = listing.filter(gone & listing.Active_Modified_Date.notnull())
    left = users.select(user=users.User_ID.upper(), left_on=users.Active_Modified_Date)
    if books.filled("Employees", "User_ID"):
        staff = books.whole("Employees")
        staff = staff.filter(staff.End_Date.notnull() & staff.User_ID.notnull())
        left = left.union(staff.select(user=staff.User_ID.upper(), left_on=staff.End_Date))
    return left.group_by("user").aggregate(left_on=left.left_on.min())


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines entered after the last day of their user, by user."""
    lines, leavers = population(books, parameters), _leavers(books, parameters)
    rows = lines.inner_join(leavers, lines.Entered_By.upper() == leavers.user)
    late = rows.Entered_Date.delta(rows.left_on, unit="day")
    rows = rows.mutate(late=late).filter(late > parameters.grace_days)
    rows = with_exposure(rows, ["Entered_By"])
    user = ibis.window(group_by="Entered_By")
    rows = rows.mutate(latest=rows.late.max().over(user), journals=rows.Journal_ID.nunique().over(user))
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("User ") + rows.Entered_By,
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=rows.latest,
        fields=JOURNAL_FACTS,
        figures={"left_on": rows.left_on, "latest": rows.latest, "journals": rows.journals},
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many have left."""
    return Measures({"Users who have left": count(_leavers(books, parameters))})


def reason(row: Row, parameters: Parameters) -> str:
    """When the user left, and what was entered since."""
    were = "was" if row["journals"] == 1 else "were"
    return (
        f"User {row['Entered_By']} left on {row['left_on']}; {counted(row['journals'], 'journal')} {were} entered in "
        f"this name since, the last {counted(row['latest'], 'day')} later."
    )


PROCEDURE = Procedure(
    id="ACC-02",
    version="1",
    title="Work in the name of leavers",
    purpose="Find journals entered in the name of people who had left: their access was not taken away, or somebody "
    "else uses it.",
    standard="IT general controls (access); COSO principle 11",
    inputs=(
        TableNeed(table="GL_Detail", columns=("Journal_ID", "Entered_By", "Entered_Date", "Amount")),
        TableNeed(table="User_Listing", columns=("User_ID", "Active_Status", "Active_Modified_Date")),
        TableNeed(
            table="Employees", columns=("Employee_ID",), optional_columns=("User_ID", "End_Date"), required=False
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Listings that date the change of the record and not the last day.",
    wording=Wording(
        one="user entered journals after leaving",
        many="users entered journals after leaving",
        none="Nobody entered journals after leaving.",
    ),
    facts=JOURNAL_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
