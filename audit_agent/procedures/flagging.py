"""Rows a procedure flags, in the one shape that `perform` numbers, stores and explains."""

from collections.abc import Mapping, Sequence

import ibis

from audit_agent.procedures.exact import TOTAL, share

DISMISSAL = "exception_dismissal"
"""The rule that dismisses the exception, or NULL."""

SOURCE = ("Source_Table", "Source_File", "Source_File_SHA256", "Source_Row")


def flagged(
    rows: ibis.Table,
    *,
    table: str,
    key: ibis.Value,
    amount: ibis.Value,
    currency: ibis.Value,
    day: ibis.Value,
    weight: ibis.Value,
    fields: Sequence[str] = (),
    figures: Mapping[str, ibis.Value] | None = None,
    part: ibis.Value | int = 0,
    dismissed: ibis.Value | None = None,
) -> ibis.Table:
    """Select what an exception consists of.

    `rows`: source rows of the canonical `table`. `key`: text that groups the rows of one exception and names it.
    `amount`: the exposure, zero or more, the same on all rows of a key; `currency`: the same on all rows of a key.
    `weight`: how unusual, a number; the same on all rows of a key. `day`: the date of the row.
    `fields`: canonical columns to keep; `figures`: other values the reason needs.
    `part` orders the rows within an exception, before file and row; the first row gives the facts.
    `dismissed`: the rule that dismisses the row (`dismissing.first_of`), or NULL; an exception is dismissed where all
    its rows are.
    """
    return rows.select(
        exception_key=key,
        exception_amount=amount.cast(TOTAL),
        exception_currency=currency,
        exception_day=day,
        exception_weight=weight.cast(TOTAL),
        exception_part=ibis.literal(part, "int64") if isinstance(part, int) else part.cast("int64"),
        Source_Table=ibis.literal(table),
        **{name: rows[name] for name in ("Source_File", "Source_File_SHA256", "Source_Row")},
        **{name: rows[name] for name in fields},
        **(figures or {}),
        **({} if dismissed is None else {DISMISSAL: dismissed}),
    )


def without(rows: ibis.Table, *columns: str) -> ibis.Table:
    """The rows without these columns.

    `Table.drop` of several columns writes them into the SQL in hash order, so that the text of the query would
    differ from process to process.
    """
    return rows.select(*(name for name in rows.columns if name not in columns))


def numbered(rows: ibis.Table) -> ibis.Table:
    """Give every exception its score and number, and order all rows by them.

    The score ranks the degrees of unusualness that occur (by weight, then by amount): 1 for the highest,
    1/n for the lowest of n, so it is exact and means the same for every procedure.
    Numbers follow descending score, then key. Dismissed exceptions are ranked and numbered among themselves, and come
    after all others.
    """
    dismissing = DISMISSAL in rows.columns
    if dismissing:
        rows = _dismissed_as_one(rows)
    apart = [ibis._[DISMISSAL].notnull()] if dismissing else []
    amount = rows.exception_amount.fill_null(0)
    unusual = ibis.window(group_by=apart, order_by=[rows.exception_weight.desc(), amount.desc()])
    ranked = rows.mutate(degree=ibis.dense_rank().over(unusual) + 1)
    order = ibis.window(group_by=apart, order_by=[ranked.degree, ranked.exception_key])
    scored = ranked.mutate(
        exception_number=ibis.dense_rank().over(order) + 1,
        exception_score=share(ranked.degree, ranked.degree.max().over(ibis.window(group_by=apart))),
        exception_rows=ranked.count().over(ibis.window(group_by="exception_key")),
    )
    head = ("exception_number", "exception_key", "exception_score", "exception_rows")
    rest = [name for name in rows.columns if name != "exception_weight" and name not in head]
    return scored.select(*head, *rest).order_by([*apart, "exception_number", "exception_part", *SOURCE])


def _dismissed_as_one(rows: ibis.Table) -> ibis.Table:
    """Give every row of an exception the same rule: the first by name where all rows have one, NULL otherwise."""
    one = ibis.window(group_by="exception_key")
    every = rows[DISMISSAL].count().over(one) == rows.count().over(one)
    return rows.mutate(**{DISMISSAL: ibis.ifelse(every, rows[DISMISSAL].min().over(one), None)})
