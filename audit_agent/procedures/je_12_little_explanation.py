"""JE-12: manual entries at or after the close that say little about themselves."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.extenuating import approved_by_another, in_reversal
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    MANUAL_SOURCES,
    journal_key,
    journal_lines,
    of_journal,
    of_manual_sources,
    with_exposure,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_REVERSAL = DismissalRule(
    id="reversal",
    title="One of a pair with its reversal, approved",
    because="The books link it with its reversal, so that the pair explains itself, and somebody else approved it.",
)


class Parameters(ParameterSet):
    """Which entries are made by hand, when the close is, and what is little."""

    sources: tuple[str, ...] = parameter(MANUAL_SOURCES, "Sources of entries made by hand; all when empty.")
    close_days: int = parameter(
        5,
        "An entry belongs to the close from this many days before the end of the month it is dated in.",
        unit="days",
        minimum="0",
        maximum="31",
    )
    shortest_text: int = parameter(
        8, "A description of fewer letters explains little.", unit="letters", minimum="1", maximum="200"
    )
    words: tuple[str, ...] = parameter(
        ("plug", "per cfo", "per ceo", "as instructed", "as discussed", "tbd", "misc", "fix", "???"),
        "Words in a description that stand for an explanation.",
    )
    dismiss: tuple[Literal["reversal"], ...] = dismiss_parameter(_REVERSAL)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines made by hand that were entered at the close of their month or after it."""
    lines = of_manual_sources(journal_lines(books), parameters.sources)
    end = (lines.Effective_Date.truncate("M") + ibis.interval(months=1)).cast("date")
    left = end.delta(ibis.coalesce(lines.Entered_Date, lines.Effective_Date), unit="day") - 1
    return lines.filter(left < max(parameters.close_days, 1))


def _described(lines: ibis.Table) -> ibis.Table:
    """With `text`: everything that header and lines say, trimmed and in small letters."""
    header = lines.JE_Header_Description.fill_null("").strip().lower()
    own = lines.JE_Line_Description.fill_null("").strip().lower()
    return lines.mutate(text=ibis.ifelse(own.length() > header.length(), own, header))


def _unexplained(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of journals none of whose texts explains them, with `longest` and `word`."""
    lines = _described(population(books, parameters))
    word = ibis.cases(*((lines.text.contains(item.lower()), item) for item in parameters.words), else_=None)
    lines = lines.mutate(word=word if parameters.words else ibis.null("string"))
    journal = ibis.window(group_by="Journal_ID")
    rows = lines.mutate(longest=lines.text.length().max().over(journal), said=lines.word.max().over(journal))
    return rows.filter((rows.longest < parameters.shortest_text) | rows.said.notnull())


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Journals with little explanation, the largest first."""
    rows = with_exposure(_unexplained(books, parameters), ["Journal_ID"])
    paired = in_reversal(rows, books) & approved_by_another(rows)
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=rows.exposure.fill_null(0),
        fields=(*JOURNAL_FACTS, "Effective_Date"),
        figures={"text": rows.text, "longest": rows.longest, "said": rows.said},
        dismissed=first_of(parameters.dismiss, {_REVERSAL.id: paired}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines at the close, and how many of them are blank."""
    lines = _described(population(books, parameters))
    found = counts(lines, blank=lines.text == "")
    return Measures({"Manual lines at or after the close": found["all"], "of these without any text": found["blank"]})


def reason(row: Row, parameters: Parameters) -> str:
    """What it says, and when it was entered."""
    if row["said"]:
        said = f"explains itself with {row['said']!r}"
    elif row["longest"] == 0:
        said = "has no description"
    else:
        said = f"is described only as {row['text']!r}" if row["text"] else "is hardly described"
    entered = f", entered {row['Entered_Date']}" if row["Entered_Date"] else ""
    return f"{of_journal(row)}, effective {row['Effective_Date']}{entered}, {said}."


PROCEDURE = Procedure(
    id="JE-12",
    version="1",
    title="Entries at the close with little explanation",
    purpose="Find entries made by hand at or after the close whose description is missing, very short, or stands "
    "for an explanation.",
    standard="ISA 240.A45(c); AS 2401.61-.62",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Amount"),
            optional_columns=(
                "Source",
                "JE_Header_Description",
                "JE_Line_Description",
                "Entered_Date",
                "Approved_By",
                "Reversal_Journal_ID",
            ),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Systems that keep the text elsewhere, standing entries known by a short code.",
    wording=Wording(
        one="entry at the close has little explanation",
        many="entries at the close have little explanation",
        none="Every manual entry at the close explains itself.",
    ),
    facts=(*JOURNAL_FACTS, "Effective_Date"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_REVERSAL,),
)
