"""What reviewers suppressed, as one more reason to dismiss flagged rows."""

from collections.abc import Sequence

import ibis

from audit_agent.domain.suppression import Suppression
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import DISMISSAL


def suppressed(rows: ibis.Table, suppressions: Sequence[Suppression]) -> ibis.Table:
    """The flagged rows, those that a suppression covers dismissed by it unless a rule of the procedure did already.

    A suppression on a column that the procedure does not flag by covers nothing.
    """
    fitting = [one for one in suppressions if set(one.where) <= set(rows.columns)]
    if not fitting:
        return rows
    covered = ibis.cases(*((_covers(rows, one), one.id) for one in fitting), else_=None)
    own = rows[DISMISSAL] if DISMISSAL in rows.columns else ibis.null("string")
    return rows.mutate(**{DISMISSAL: ibis.coalesce(own, covered)})


def _covers(rows: ibis.Table, suppression: Suppression) -> ibis.Value:
    holds = ibis.literal(True)
    for column, value in suppression.where.items():
        holds = holds & (rows[column].cast("string").upper() == value.upper())
    if suppression.largest_amount is not None:
        holds = holds & (rows.exception_amount <= ibis.literal(suppression.largest_amount, TOTAL))
    return holds.fill_null(False)
