"""JE-17: journals ranked by how unusual they are in many respects at once."""

from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal

import ibis
import numpy as np
import pyarrow as pa

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.extenuating import approved_by_another, in_reversal
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journal_features import FEATURES, Features, journal_features
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    MANUAL_SOURCES,
    journal_key,
    journal_lines,
    of_journal,
    with_exposure,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.statistics.isolation import Isolated, most_isolated

_REVERSAL = DismissalRule(
    id="reversal",
    title="One of a pair with its reversal, approved",
    because="The books link it with its reversal, so that the two together leave nothing, and somebody else approved "
    "it.",
)
_RANKS = "Computed_Unusual_Journals"
_DRIVERS = 3
_SCHEMA = pa.schema(
    [
        ("ranked_journal", pa.string()),
        ("place", pa.int64()),
        ("score", pa.int64()),
        *((f"driver_{n}", pa.string()) for n in range(1, _DRIVERS + 1)),
        *((f"beyond_{n}", pa.int64()) for n in range(1, _DRIVERS + 1)),
    ]
)


class Parameters(ParameterSet):
    """How many journals are listed, and how they are ranked."""

    top_percent: Decimal = parameter(
        Decimal("0.1"), "This share of all journals is listed, one at least.", unit="percent", minimum="0", maximum="10"
    )
    trees: int = parameter(100, "Trees of the isolation forest.", unit="trees", minimum="10", maximum="2000")
    seed: int = parameter(1, "Where the random numbers start.", minimum="0", maximum="4294967295")
    manual_sources: tuple[str, ...] = parameter(MANUAL_SOURCES, "Sources of entries made by hand.")
    dismiss: tuple[Literal["reversal"], ...] = dismiss_parameter(_REVERSAL)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """All lines of the period; journals are ranked as a whole."""
    return journal_lines(books)


def _features(books: Books, parameters: Parameters) -> Features:
    return books.once("features", lambda: journal_features(books, parameters.manual_sources))


def _ranked(books: Books, parameters: Parameters) -> pa.Table:
    """The journals to list, in their order, with what drives each and how few journals go beyond it in that."""
    found = _features(books, parameters)
    share = parameters.top_percent * len(found.journals) / 100
    number = max(1, int(share.to_integral_value(ROUND_CEILING))) if found.names else 0
    isolated = most_isolated(found.rows, number, parameters.trees, parameters.seed) if number else ()
    rows = [_row(place, one, found) for place, one in enumerate(isolated, 1)]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _row(place: int, one: Isolated, found: Features) -> dict[str, Any]:
    row: dict[str, Any] = {
        "ranked_journal": found.journals[one.place],
        "place": place,
        "score": round(one.score * 10_000),
    }
    for n, column in enumerate(one.drivers[:_DRIVERS], 1):
        values = found.rows[:, column]
        here = values[one.place]
        row[f"driver_{n}"] = found.names[column]
        row[f"beyond_{n}"] = int(min(np.count_nonzero(values >= here), np.count_nonzero(values <= here)))
    return row


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All lines of the journals listed, the most unusual first."""
    ranks = books.computed(_RANKS, lambda: _ranked(books, parameters))
    lines = population(books, parameters)
    rows = with_exposure(lines, ["Journal_ID"]).inner_join(ranks, lines.Journal_ID == ranks.ranked_journal)
    paired = in_reversal(rows, books) & approved_by_another(rows)
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=-rows.place,
        fields=(*JOURNAL_FACTS, "Effective_Date"),
        figures={name: rows[name] for name in _SCHEMA.names if name != "ranked_journal"},
        dismissed=first_of(parameters.dismiss, {_REVERSAL.id: paired}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many journals were ranked, and by what."""
    found = _features(books, parameters)
    return Measures({"Journals ranked": str(len(found.journals)), "Ranked by": ", ".join(found.names) or "nothing"})


def reason(row: Row, parameters: Parameters) -> str:
    """Its place, and what drives it."""
    drivers = [
        f"{FEATURES[row[f'driver_{n}']]} ({_shared(row[f'beyond_{n}'])})"
        for n in range(1, _DRIVERS + 1)
        if row[f"driver_{n}"]
    ]
    why = f", above all by {'; '.join(drivers)}" if drivers else ""
    return f"{of_journal(row)} is number {row['place']:,} by how unusual it is{why}."


def _shared(journals: int) -> str:
    return "no other is as far out" if journals == 1 else f"{journals:,} journals are as far out"


PROCEDURE = Procedure(
    id="JE-17",
    version="1",
    title="Unusual journals",
    purpose="Rank journals by how easily they are told from all others by amount, time, people, accounts and text "
    "together, and list the first.",
    standard="ISA 520; ISA 240.A45; Liu, Ting and Zhou (2008), Isolation Forest",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=(
                "Entered_Date",
                "Entered_Time",
                "Entered_By",
                "Approved_By",
                "Source",
                "JE_Header_Description",
                "JE_Line_Description",
                "Reversal_Journal_ID",
            ),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="What is rare is not wrong: year-end entries, large but ordinary transactions, new accounts. It "
    "says where to look first.",
    wording=Wording(
        one="journal is listed as the most unusual",
        many="journals are listed as the most unusual",
        none="There are no journals to rank.",
    ),
    facts=(*JOURNAL_FACTS, "Effective_Date"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_REVERSAL,),
)
