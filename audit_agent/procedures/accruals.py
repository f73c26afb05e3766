"""Accruals and the journals that take them back: the same accounts and amounts with the sides exchanged.

Journals are paired by what they post and when, not by links, so that a reversal entered without a link counts, and one
that is linked but posts something else does not.
"""

from collections.abc import Sequence

import ibis

from audit_agent.procedures.accounting_periods import period_number
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.journals import all_journal_lines
from audit_agent.procedures.procedure import Books


def journals_by_posting(books: Books, accrual_words: Sequence[str], reversal_words: Sequence[str]) -> ibis.Table:
    """One row per journal: `mark` tells what it posts, `mirror` what would take it back, `accounts` where it posts.

    `accrual`: its texts call it one and not a reversal. `amount` is its debits and `credited` its only account in
    credit, each NULL where there are several currencies or accounts. Also `day`, `month` and `agreed`, whether somebody
    else approved it.
    """
    lines = all_journal_lines(books)
    text = (lines.JE_Header_Description.fill_null("") + " " + lines.JE_Line_Description.fill_null("")).lower()
    lines = lines.mutate(
        accrues=_any(text, accrual_words),
        reverses=_any(text, reversal_words),
        own=(lines.Approved_By.isnull() | (lines.Approved_By.upper() == lines.Entered_By.upper())).fill_null(True),
    )
    told = lines.group_by("Journal_ID").aggregate(
        day=lines.Effective_Date.min(), accrues=lines.accrues.any(), reverses=lines.reverses.any(), own=lines.own.any()
    )
    nets = lines.group_by(["Journal_ID", "GL_Account_Number", "Currency"]).aggregate(net=lines.Signed.sum().cast(TOTAL))
    nets = nets.filter(nets.net != 0)
    place = nets.GL_Account_Number + " " + nets.Currency + " "
    side = ibis.ifelse(nets.net > 0, "D", "C")
    order = [nets.GL_Account_Number, nets.Currency]
    one = (nets.Currency.min() == nets.Currency.max()) & nets.Currency.notnull().any()
    credit = nets.net < 0
    posted = nets.group_by("Journal_ID").aggregate(
        mark=(place + nets.net.cast("string")).group_concat(";", order_by=order),
        mirror=(place + (-nets.net).cast("string")).group_concat(";", order_by=order),
        accounts=(place + side).group_concat(";", order_by=order),
        amount=ibis.ifelse(one, nets.net.sum(where=~credit), None).cast(TOTAL),
        currency=ibis.ifelse(one, nets.Currency.min(), None),
        credited=ibis.ifelse(nets.count(where=credit) == 1, nets.GL_Account_Number.max(where=credit), None),
    )
    found = posted.inner_join(told, "Journal_ID")
    return found.select(
        *posted.columns,
        "day",
        month=period_number(found.day, "month", 12),
        accrual=found.accrues & ~found.reverses,
        agreed=~found.own,
    )


def paired(journals: ibis.Table) -> ibis.Table:
    """Equal accruals of a month (`mark`, `month`): how many there are and how many reversals belong to them.

    A reversal belongs to accruals of the month before it, unless those are reversed already and it follows accruals of
    its own month. `restored`: journals that post the accrual again in the month after, without being one.
    `later`: the first reversal after the month that follows.
    """
    accruals, same = journals.filter(journals.accrual), ["mark", "month"]
    groups = accruals.group_by([*same, "mirror"]).aggregate(accrued=accruals.count(), first_day=accruals.day.min())
    back = journals.select("month", "day", mark="mirror", journal_mark="mark")
    back = back.semi_join(groups, "mark")
    dated = back.left_join(groups.select(*same, "first_day"), same, rname="{name}_own")
    following = (dated.day >= dated.first_day).fill_null(False)
    months = dated.group_by(same).aggregate(
        early=dated.count(where=~following), late=dated.count(where=following), earliest=dated.day.min()
    )
    again = journals.filter(~journals.accrual).group_by(same).aggregate(restored=lambda rows: rows.count())
    rows = groups
    for table, shift, names in (
        (months.drop("earliest"), 0, {"early": "early", "late": "late"}),
        (months.drop("earliest"), 1, {"early_next": "early", "late_next": "late"}),
        (groups.select(*same, "accrued"), -1, {"accrued_before": "accrued"}),
        (again, 1, {"restored": "restored"}),
    ):
        beside = table.select(mark="mark", month=table.month - shift, **{new: table[old] for new, old in names.items()})
        rows = rows.left_join(beside, same, rname="{name}_beside").select(
            *rows.columns, **{new: ibis.coalesce(beside[new], 0) for new in names}
        )
    after = months.select("mark", turned="month", turned_on="earliest")
    much_later = rows.left_join(after, "mark", rname="{name}_after")
    much_later = much_later.filter(much_later.turned > much_later.month + 1)
    later = much_later.group_by(same).aggregate(later=much_later.turned_on.min())
    rows = rows.left_join(later, same, rname="{name}_later")
    before = ibis.least(rows.late, ibis.greatest(rows.accrued_before - rows.early, 0))
    after_end = ibis.least(rows.late_next, ibis.greatest(rows.accrued - rows.early_next, 0))
    return rows.select(
        *same, "mirror", "accrued", "restored", "later", reversed=rows.late - before + rows.early_next + after_end
    )


def _any(text: ibis.Value, words: Sequence[str]) -> ibis.Value:
    found = ibis.literal(False)
    for word in words:
        found = found | text.contains(word.lower())
    return found


def built_up(journals: ibis.Table, pairs: ibis.Table, books: Books) -> ibis.Table:
    """Accounts (`accounts`) whose accruals are built up and used rather than reversed.

    They were accrued in three months at least, none was ever reversed, each was approved by somebody else, and journals
    that reverse no accrual debit the account in credit with half as much or more, as payments do.
    """
    accruals = journals.filter(journals.accrual)
    judged = accruals.inner_join(pairs.select("mark", "month", "reversed"), ["mark", "month"])
    series = judged.group_by(["accounts", "credited"]).aggregate(
        months=judged.month.nunique(),
        total=judged.amount.sum().cast(TOTAL),
        ever=judged.reversed.max(),
        agreed=judged.agreed.all(),
    )
    others = journals.filter(~journals.accrual).anti_join(accruals.select(mark="mirror").distinct(), "mark")
    lines = all_journal_lines(books).semi_join(others, "Journal_ID")
    used = lines.group_by(credited=lines.GL_Account_Number).aggregate(
        used=lines.Signed.sum(where=lines.Signed > 0).cast(TOTAL)
    )
    rows = series.inner_join(used, "credited")
    kept = (rows.months >= 3) & (rows.ever == 0) & rows.agreed & (rows.used * 2 >= rows.total)
    return rows.filter(kept).select("accounts").distinct()
