"""A reviewer does not want to see something again: from one exception to a suppression."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from audit_agent.domain.errors import BadInputError, NotFoundError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.plan import VOUCHING
from audit_agent.domain.suppression import LONGEST_DAYS, Suppression
from audit_agent.domain.workpaper import ExceptionItem, Workpaper
from audit_agent.store.database import Database
from audit_agent.store.reading import audit_status
from audit_agent.store.suppressions import Suppressions


class SuppressionRefusedError(BadInputError):
    """A suppression lacks its reason, its expiry or its scope."""


class ExceptionNotFoundError(NotFoundError):
    """No workpaper of the audit shows that exception."""


def suppress(
    database: Database,
    evidence: Evidence,
    audit: AuditId,
    ref: str,
    by: Sequence[str],
    until: str,
    reason: str,
    person: Person,
    at: datetime,
    largest_amount: str | None = None,
) -> Suppression:
    """Keep that exceptions with the same values as `ref` in the columns `by` are dismissed until a day, which counts.

    Raises SuppressionRefusedError and ExceptionNotFoundError.
    """
    paper, item = _shown(database, evidence, audit, ref)
    if paper.procedure == VOUCHING:
        raise SuppressionRefusedError(
            f"{ref} is a document.", "Documents are compared anew in each audit; correct the document or its booking."
        )
    unknown = [column for column in by if column not in item.facts]
    if unknown or not by:
        raise SuppressionRefusedError(
            f"{ref} has no {', '.join(unknown)}." if unknown else "Nothing says what is covered.",
            f"It can be suppressed by: {', '.join(f'{name}={value}' for name, value in item.facts.items())}.",
        )
    if not reason.strip():
        raise SuppressionRefusedError("There is no reason.", "Say why this is legitimate; reports show it.")
    wanted = Suppression(
        id="sup-0000",
        procedure=paper.procedure,
        where={column: item.facts[column] for column in by},
        largest_amount=None if largest_amount is None else _amount(largest_amount),
        until=_day(until, at.date()),
        reason=reason.strip(),
        author=person,
        audit=audit,
        ref=ref,
    )
    return Suppressions(database).add(wanted, at)


def _shown(database: Database, evidence: Evidence, audit: AuditId, ref: str) -> tuple[Workpaper, ExceptionItem]:
    for step in audit_status(database, audit).steps:
        if step.workpaper is not None and ref.startswith(f"{step.step}-"):
            paper = Workpaper.model_validate_json(evidence.read(step.workpaper))
            for item in paper.top:
                if item.ref == ref:
                    return paper, item
    raise ExceptionNotFoundError(
        f"No workpaper of {audit} shows an exception {ref!r}.", "Refs are like S03-E00012; the report lists them."
    )


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SuppressionRefusedError(f"{text!r} is no day.", "Write it like 2027-03-31.") from error
    if not today <= day <= today + timedelta(days=LONGEST_DAYS):
        raise SuppressionRefusedError(
            f"{day} is over, or more than three years away.", "Give a day by which somebody looks at it again."
        )
    return day


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise SuppressionRefusedError(f"{text!r} is no amount.", "Write it like 500.00.") from error
    if not (amount.is_finite() and amount > 0):
        raise SuppressionRefusedError(f"{text!r} is no amount.", "Write it like 500.00.")
    return amount
