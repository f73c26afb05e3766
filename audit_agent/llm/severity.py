"""How much a finding matters, by rule: its amount against materiality, and how often the procedure errs."""

from audit_agent.domain.catalogue import ProcedureMeta
from audit_agent.domain.finding import Severity
from audit_agent.domain.plan import Materiality
from audit_agent.domain.workpaper import Workpaper

_LADDER = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
_DOWN = {"low": 0, "medium": 0, "high": 1, "very high": 2}
"""Steps down the ladder for a procedure that flags many legitimate rows."""


def severity_of(paper: Workpaper, materiality: Materiality, meta: ProcedureMeta | None, floor: Severity) -> Severity:
    """High from overall materiality, medium from performance materiality (ISA 450.11), else low.

    Exceptions without an amount, or with one in another currency than materiality, count as medium. `floor` is the
    least severity the procedure's subject has by its nature, whatever the amount.
    """
    rung = _rung(paper, materiality) - _DOWN[meta.false_positive_risk if meta else "medium"]
    return _LADDER[max(rung, _LADDER.index(floor))]


def _rung(paper: Workpaper, materiality: Materiality) -> int:
    if paper.exception_amount is None or paper.currency != materiality.currency:
        return 1
    amount = abs(paper.exception_amount)
    if amount >= materiality.overall:
        return 2
    return 1 if amount >= materiality.performance else 0
