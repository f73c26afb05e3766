"""Debit and credit: from an indicator, from the sign, or from a column each."""

from dataclasses import dataclass

from audit_agent.books.forms import Form
from audit_agent.books.source import RawTable
from audit_agent.books.workbench import Workbench


@dataclass(frozen=True)
class Side:
    """SQL of the amount and its indicator; `bad` and `missing` are conditions that reject a row."""

    amount: str
    indicator: str
    note: str = ""
    bad: str = ""
    missing: str = ""
    value: str = ""
    reason: str = ""
    proof: str = "true"
    """As in Form: what must hold of every further row, empty where only the whole table can decide."""


def from_indicator(bench: Workbench, raw: RawTable, written: str, amount: str, indicator: str) -> Side:
    """Amount and indicator each from a column; `written` is the amount as text.

    Some systems write credits as negative amounts and mark them as credits too; taken as they are they would
    count as debits. When nearly all credits are negative and nearly all debits positive, the sign is dropped.
    """
    minus = f"(contains({written}, '-') OR contains({written}, '('))"
    if bench.one(f"SELECT count(*) FROM {raw.name} WHERE {minus}") == (0,):
        return Side(amount, indicator, proof=f"NOT {minus}")
    credits, negative_credits, debits, negative_debits = bench.one(
        f"""
        SELECT count(*) FILTER (i = 'C' AND a <> 0), count(*) FILTER (i = 'C' AND a < 0),
               count(*) FILTER (i = 'D' AND a <> 0), count(*) FILTER (i = 'D' AND a < 0)
        FROM (SELECT {amount} AS a, {indicator} AS i FROM {raw.name})
        """
    )
    twice = credits > 0 and negative_credits * 20 >= credits * 19 and negative_debits * 20 <= debits
    if not twice:
        return Side(amount, indicator, proof="")
    unsigned = f"CASE WHEN {indicator} = 'C' THEN -({amount}) ELSE {amount} END"
    return Side(unsigned, indicator, note="Credits carry both a mark and a minus; the minus is dropped.", proof="")


def from_sign(amount: str) -> Side:
    """One signed column: positive is debit, negative is credit."""
    return Side(
        f"abs({amount})",
        f"CASE WHEN {amount} < 0 THEN 'C' WHEN {amount} >= 0 THEN 'D' END",
        note="Nothing marks debit and credit, so negative amounts are taken for credits.",
    )


def from_pair(debit: Form, credit: Form, signed: bool) -> Side:
    """A debit and a credit column. `signed` gives debit minus credit for tables without an indicator."""
    d, c = f"coalesce({debit.value}, 0)", f"coalesce({credit.value}, 0)"
    unreadable = " OR ".join(f"({form.text} IS NOT NULL AND {form.value} IS NULL)" for form in (debit, credit))
    both = f"({d} <> 0 AND {c} <> 0)"
    neither = f"({debit.text} IS NULL AND {credit.text} IS NULL)"
    amount = f"{d} - {c}" if signed else f"CASE WHEN {c} <> 0 THEN {c} ELSE {d} END"
    return Side(
        amount=f"CASE WHEN {unreadable} OR {both} OR {neither} THEN NULL ELSE CAST({amount} AS DECIMAL(18,4)) END",
        indicator=f"CASE WHEN {c} <> 0 THEN 'C' ELSE 'D' END",
        bad=both,
        missing=neither,
        value=f"concat_ws(' / ', {debit.text}, {credit.text})",
        reason="is given as a debit and as a credit",
    )
