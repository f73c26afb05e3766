"""What tells one journal from the others: its features as numbers, each with how it is said."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit_agent.procedures.journals import journal_lines, of_manual_sources
from audit_agent.procedures.procedure import Books

FEATURES = {
    "amount": "its amount",
    "amount_for_account": "an amount unusual for its account",
    "copies": "journals of the same accounts and amount",
    "lines": "its number of lines",
    "hour": "the hour it was entered",
    "weekday": "the day of the week it was entered",
    "entry_lag": "the days between its date and its entry",
    "month_end": "how near the end of a month its date is",
    "user": "who entered it",
    "source": "its source",
    "rarest_account": "a seldom-used account",
    "accounts": "accounts that seldom go together",
    "text": "how short its description is",
    "roundness": "how round its amount is",
    "manual": "that it was made by hand",
    "approval": "its approval",
}
"""Features by name: how each is said as what drives a rank."""

_COUNTS = ("lines", "copies", "hour", "weekday", "user", "source", "rarest_account", "accounts")
_EXPLAINED = 8
"""Letters of a description from which on a longer one says no more about how unusual a journal is."""
_ROUND = (10_000_000, 1_000_000, 100_000, 10_000)
"""Ten-thousandths of a unit: thousands, hundreds, tens, ones."""


@dataclass(frozen=True)
class Features:
    """One row of numbers per journal, in the order of `journals`; columns are those of `FEATURES` that vary."""

    journals: Sequence[str]
    names: tuple[str, ...]
    rows: NDArray[np.float64]


def journal_features(books: Books, manual_sources: Sequence[str]) -> Features:
    """The features of every journal of the period, ordered by its number.

    A feature that the books cannot tell, or that is the same for all, is left out.
    """
    found = _measured(books, manual_sources).order_by("Journal_ID").to_pyarrow()
    columns = {name: _numbers(name, found[name]) for name in FEATURES}
    names = tuple(name for name, column in columns.items() if len(column) and column.min() < column.max())
    rows = np.column_stack([columns[name] for name in names]) if names else np.empty((found.num_rows, 0))
    return Features(found["Journal_ID"].to_pylist(), names, rows)


def _numbers(name: str, column: pa.ChunkedArray) -> NDArray[np.float64]:
    """As numbers: amounts and counts by their magnitude, what is unknown by the median of the rest."""
    numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    if name in ("amount", *_COUNTS):
        numbers = np.log1p(numbers)
    known = ~np.isnan(numbers)
    return np.where(known, numbers, np.median(numbers[known])) if known.any() else np.zeros(0)


def _measured(books: Books, manual_sources: Sequence[str]) -> ibis.Table:
    """One row per journal; what has no order, such as a user, is told by how many journals have the same."""
    lines = journal_lines(books)
    hands = of_manual_sources(lines, manual_sources).select("Journal_ID").distinct()
    debit = lines.Amount_Credit_Debit_Indicator == "D"
    described = ibis.greatest(
        lines.JE_Header_Description.fill_null("").length(), lines.JE_Line_Description.fill_null("").length()
    )
    debits, credits = lines.Signed.clip(lower=0).sum(), (-lines.Signed).clip(lower=0).sum()
    used = lines.group_by("GL_Account_Number").aggregate(account_journals=lines.Journal_ID.nunique())
    magnitude = (lines.Amount.abs().cast("float64") + 1).ln()
    account = ibis.window(group_by=["GL_Account_Number", "Amount_Credit_Debit_Indicator", "Currency"])
    # A spread of less than a tenth would make the cents of a standing charge look like an outlier.
    spread = ibis.greatest(magnitude.std(how="pop").over(account), 0.1)
    by_account = (
        lines.mutate(apart=(magnitude - magnitude.mean().over(account)) / spread)
        .inner_join(used, "GL_Account_Number")
        .group_by("Journal_ID")
        .aggregate(
            rarest_account=lambda rows: rows.account_journals.min(),
            amount_for_account=lambda rows: rows.apart.abs().max(),
        )
    )
    journals = lines.group_by("Journal_ID").aggregate(
        amount=ibis.greatest(debits, credits),
        lines=lines.count(),
        entered=lines.Entered_Date.min(),
        hour=lines.Entered_Time.min().hour(),
        dated=lines.Effective_Date.min(),
        entered_by=lines.Entered_By.min(),
        came_from=lines.Source.min(),
        debited=lines.GL_Account_Number.min(where=debit),
        credited=lines.GL_Account_Number.min(where=~debit),
        text=described.max(),
        approval=(lines.Approved_By.isnull() | (lines.Approved_By.upper() == lines.Entered_By.upper()))
        .cast("int64")
        .max(),
    )
    journals = journals.inner_join(by_account, "Journal_ID")
    journals = journals.mutate(entry_hour=journals.hour, day_of_week=journals.entered.day_of_week.index())
    month_end = (journals.dated.truncate("M") + ibis.interval(months=1)).cast("date")
    days_left, day = month_end.delta(journals.dated, unit="day") - 1, journals.dated.day() - 1
    scaled = (journals.amount * 10_000).cast("int64")
    return journals.select(
        "Journal_ID",
        "amount",
        "amount_for_account",
        copies=_sharing(journals, "amount", "debited", "credited"),
        lines="lines",
        hour=_sharing(journals, "entry_hour"),
        weekday=_sharing(journals, "day_of_week"),
        entry_lag=journals.entered.delta(journals.dated, unit="day"),
        month_end=ibis.least(days_left, day),
        user=_sharing(journals, "entered_by"),
        source=_sharing(journals, "came_from"),
        rarest_account="rarest_account",
        accounts=_sharing(journals, "debited", "credited"),
        text=ibis.least(journals.text, _EXPLAINED),
        roundness=ibis.cases(
            *((scaled % unit == 0, len(_ROUND) - place) for place, unit in enumerate(_ROUND)), else_=0
        ),
        manual=journals.Journal_ID.isin(hands.Journal_ID).cast("int64"),
        approval="approval",
    )


def _sharing(journals: ibis.Table, *columns: str) -> ibis.Value:
    return journals.count().over(ibis.window(group_by=list(columns)))
