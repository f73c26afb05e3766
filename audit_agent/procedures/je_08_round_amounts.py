"""JE-08: round amounts."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import is_multiple, money
from audit_agent.procedures.extenuating import CHART_FOR_DISMISSALS, moves_cash, touches
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    journal_key,
    journal_lines,
    of_journal,
    of_sources,
    with_exposure,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_TIERS = (Decimal(100_000), Decimal(10_000), Decimal(1_000))

_FINANCING = DismissalRule(
    id="financing",
    title="Loan or capital that was paid",
    because="Money moved between a cash account and a loan or capital account: such sums are agreed round.",
)


class Parameters(ParameterSet):
    """What is round, and from which amount on it matters."""

    multiple: Decimal = parameter(
        Decimal(1_000), "An amount is round when it is a whole multiple of this.", unit="books' currency", minimum="1"
    )
    minimum_amount: Decimal = parameter(
        Decimal(0),
        "Smallest amount that is looked at; performance materiality is a good choice.",
        unit="books' currency",
        minimum="0",
    )
    include_zero: bool = parameter(False, "Count lines of zero as round, as some published work does.")
    sources: tuple[str, ...] = parameter((), "Only journals of these sources, such as manual ones; all when empty.")
    financing_words: tuple[str, ...] = parameter(
        ("loan", "capital", "darlehen", "emprunt"), "Words in the chart of accounts that mark loans and capital."
    )
    dismiss: tuple[Literal["financing"], ...] = dismiss_parameter(_FINANCING)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of the sources and amounts looked at."""
    lines = of_sources(journal_lines(books), parameters.sources)
    lines = lines.filter(lines.Amount.abs() >= money(parameters.minimum_amount))
    return lines if parameters.include_zero else lines.filter(lines.Amount != money(Decimal(0)))


def _round(books: Books, parameters: Parameters) -> ibis.Table:
    """Round lines with `tier`, the largest of 100,000, 10,000, 1,000 and the multiple itself that divides them."""
    lines = population(books, parameters)
    found = lines.filter(is_multiple(lines.Amount, parameters.multiple))
    zero = found.Amount == money(Decimal(0))
    tiers = [tier for tier in _TIERS if tier > parameters.multiple]
    tier = ibis.cases(
        (zero, money(Decimal(0))),
        *((is_multiple(found.Amount, tier), money(tier)) for tier in tiers),
        else_=money(parameters.multiple),
    )
    return found.mutate(tier=tier)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Round lines, by journal, the roundest first."""
    lines = with_exposure(_round(books, parameters), ["Journal_ID"])
    rows = lines.mutate(highest=lines.tier.max().over(ibis.window(group_by="Journal_ID")))
    paid = moves_cash(rows, books) & touches(rows, books, parameters.financing_words)
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Effective_Date,
        weight=rows.highest,
        fields=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
        figures={"tier": rows.tier, "lines": rows.group_lines, "line_currency": rows.Currency},
        part=ibis.ifelse(rows.tier == rows.highest, 0, 1),
        dismissed=first_of(parameters.dismiss, {_FINANCING.id: paid}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Round lines by tier."""
    lines = _round(books, parameters)
    tiers = sorted({*(tier for tier in _TIERS if tier > parameters.multiple), parameters.multiple})
    found = counts(lines, **{f"Lines that are multiples of {tier:,f}": lines.tier >= money(tier) for tier in tiers})
    found.pop("all")
    return Measures(found)


def reason(row: Row, parameters: Parameters) -> str:
    """The amount, what it is a multiple of, and how many lines are round."""
    amount = show(row["Amount"], row["line_currency"])
    what = f"a multiple of {show(row['tier'])}" if row["Amount"] else "zero"
    text = f"{of_journal(row)} posts {amount} to account {row['GL_Account_Number']}, {what}"
    return text + (f"; {counted(row['lines'], 'line')} of it are round." if row["lines"] > 1 else ".")


PROCEDURE = Procedure(
    id="JE-08",
    version="2",
    title="Round amounts",
    purpose="Find round amounts, which suggest an estimate or an invention rather than a transaction.",
    standard="ISA 240.A45(e); AS 2401.61; AICPA ADS general ledger 3.2.3",
    inputs=(
        TableNeed(table="GL_Detail", columns=("Journal_ID", "Amount"), optional_columns=("Source",)),
        CHART_FOR_DISMISSALS,
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Accruals, loans, capital contributions, instalments and rents agreed in round sums.",
    wording=Wording(
        one="journal has round amounts", many="journals have round amounts", none="No journal has a round amount."
    ),
    facts=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_FINANCING,),
)
