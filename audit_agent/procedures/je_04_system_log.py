"""JE-04: the ledger against the system's own log of journals."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import all_journal_lines, journal_key, journal_lines
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_SIDE = "Amount_Credit_Debit_Indicator"
_SIDES = ("debits", "credits")


class Parameters(ParameterSet):
    """When ledger and log count as equal."""

    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest difference that is let pass.", unit="books' currency", minimum="0"
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every journal of the ledger, once per side."""
    return journal_lines(books).select("Journal_ID", _SIDE).distinct()


def _compared(books: Books) -> ibis.Table:
    """Per journal and side: both sums; per journal: whether either knows it. Journals of other periods are left out."""
    lines, log = all_journal_lines(books), books.table("Journal_Log")
    zero, none, one = money(Decimal(0)), ibis.literal(0, "int64"), ibis.literal(1, "int64")
    both = lines.select("Journal_ID", _SIDE, ledger=lines.Amount, logged=zero, posted=one, listed=none).union(
        log.select("Journal_ID", _SIDE, ledger=zero, logged=log.Total, posted=none, listed=one)
    )
    sides = both.group_by(["Journal_ID", _SIDE]).aggregate(
        ledger=both.ledger.sum().cast(TOTAL),
        logged=both.logged.sum().cast(TOTAL),
        posted=both.posted.max(),
        listed=both.listed.max(),
    )
    journal = ibis.window(group_by="Journal_ID")
    sides = sides.mutate(
        posted=sides.posted.max().over(journal),
        listed=sides.listed.max().over(journal),
        largest=ibis.greatest(sides.ledger, sides.logged).max().over(journal),
    )
    return sides.filter((sides.posted == 0) | sides.Journal_ID.isin(journal_lines(books).Journal_ID))


def _differences(books: Books, parameters: Parameters) -> ibis.Table:
    sides = _compared(books)
    missing = (sides.posted == 0) | (sides.listed == 0)
    apart = (sides.ledger - sides.logged).abs()
    sides = sides.mutate(missing=missing, exposure=ibis.ifelse(missing, sides.largest, apart))
    return sides.filter(sides.missing | (sides.exposure > money(parameters.tolerance)))


def _journals(books: Books, parameters: Parameters) -> ibis.Table:
    """The sides that differ, with what both sides of the journal are; its exposure is that of the worse side."""
    found = _differences(books, parameters)
    journal = ibis.window(group_by="Journal_ID")
    sums = {
        f"{kept}_{word}": found[kept].max(where=found[_SIDE] == side).over(journal)
        for kept in ("ledger", "logged")
        for side, word in (("D", "debits"), ("C", "credits"))
    }
    return found.mutate(exposure=found.exposure.max().over(journal), **sums)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines and log entries of journals that one of the two lacks, or that differ on a side."""
    found = _journals(books, parameters)
    ledger = _rows(all_journal_lines(books), "GL_Detail", found, books, part=0)
    return ledger.union(_rows(books.table("Journal_Log"), "Journal_Log", found, books, part=1))


def _rows(rows: ibis.Table, table: str, found: ibis.Table, books: Books, part: int) -> ibis.Table:
    joined = rows.inner_join(found, ["Journal_ID", _SIDE])
    return flagged(
        joined,
        table=table,
        key=journal_key(joined),
        amount=joined.exposure,
        currency=ibis.literal(books.currency),
        day=joined.Entered_Date,
        weight=joined.exposure,
        fields=("Journal_ID", "Entered_Date"),
        figures={
            **{f"{kept}_{side}": joined[f"{kept}_{side}"] for kept in ("ledger", "logged") for side in _SIDES},
            "posted": joined.posted,
            "listed": joined.listed,
        },
        part=part,
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Journals either lacks, and sides that differ."""
    found = _differences(books, parameters)
    figures = found.aggregate(
        unlisted=found.Journal_ID.nunique(where=found.listed == 0),
        unposted=found.Journal_ID.nunique(where=found.posted == 0),
        apart=(~found.missing).sum().fill_null(0),
    )
    row = figures.to_pyarrow().to_pylist()[0]
    return Measures(
        {
            "Journals missing from the log": str(row["unlisted"]),
            "Journals missing from the ledger": str(row["unposted"]),
            "Sides of journals that differ": str(row["apart"]),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Who lacks the journal, or both sums."""
    journal = f"Journal {row['Journal_ID']}"
    if not row["listed"]:
        return f"{journal} is in the ledger but not in the system's log."
    if not row["posted"]:
        return f"{journal} is in the system's log but not in the ledger."
    told = [_apart(row, side) for side in _SIDES if row[f"ledger_{side}"] is not None]
    return f"{journal}: {'; '.join(told)}."


def _apart(row: Row, side: str) -> str:
    ledger, logged = row[f"ledger_{side}"], row[f"logged_{side}"]
    apart = show(ledger - logged, row["exception_currency"])
    return f"the ledger's {side} are {show(ledger)}, the log's {show(logged)}, apart by {apart}"


PROCEDURE = Procedure(
    id="JE-04",
    version="2",
    title="Ledger against the system log",
    purpose="Compare the journals of the ledger with the log the system keeps of them: entries that only one of the "
    "two knows, and amounts that differ.",
    standard="ISA 240.33(a); AICPA ADS general ledger 3.1.2-3.1.3",
    inputs=(
        TableNeed(table="GL_Detail", columns=("Journal_ID", "Amount", _SIDE)),
        TableNeed(table="Journal_Log", columns=("Journal_ID", _SIDE, "Total"), optional_columns=("Entered_Date",)),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Totals the log rounds; entries logged before or after the extract of the ledger was made.",
    wording=Wording(
        one="journal differs between ledger and log",
        many="journals differ between ledger and log",
        none="Ledger and log agree on every journal.",
    ),
    facts=("Journal_ID", "Entered_Date"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
