"""Adding up the spend ledger for one audit."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from audit_agent.domain.spend import Purpose, SpendLine, SpendSummary, Sums, Tokens, summary_of
from audit_agent.store.ledger_table import LedgerRow, LedgerUse


def read_spend(session: Session, audit: str, now: datetime) -> SpendSummary:
    """Spend of one audit, from the calls charged to it. Reservations past their lease count as unknown calls."""
    charged = session.execute(_charged(audit, now).execution_options(yield_per=1000))
    return summary_of(audit, _reused(session, audit), ((row.purpose, _line(row)) for row in charged))


def read_document_spend(session: Session, audit: str, step: str, now: datetime) -> tuple[SpendLine, ...]:
    """What each document of a step cost, named by its number in the set, in the order of these."""
    query = _charged(audit, now).where(LedgerUse.purpose.startswith(f"document/{step}/", autoescape=True))
    sums = Sums()
    for row in session.execute(query.execution_options(yield_per=1000)):
        sums.add(Purpose.of_call(row.purpose).item, _line(row))
    return tuple(sorted(sums.lines(), key=lambda line: int(line.name)))


def read_turn_spend(session: Session, audit: str, lead: str, since: int, now: datetime) -> SpendLine:
    """What the turns of an investigation cost after the first so many."""
    begins = f"investigation/{lead}/"
    charged = session.execute(_charged(audit, now).where(LedgerUse.purpose.startswith(begins, autoescape=True)))
    turns = ((int(row.purpose.split("/")[2]), _line(row)) for row in charged)
    return sum((line for number, line in turns if number > since), SpendLine(name=lead))


def read_usual_output(session: Session, model: str, prompts: str) -> int | None:
    """Tokens a model answers with on average to prompts so named at the beginning; None where it never did."""
    query = select(func.sum(LedgerRow.output_tokens), func.sum(LedgerRow.paid_calls)).where(
        LedgerRow.model == model, LedgerRow.prompt.startswith(prompts, autoescape=True), LedgerRow.paid_calls > 0
    )
    tokens, calls = session.execute(query).one()
    return -(-int(tokens) // int(calls)) if calls else None


def read_unpriced(session: Session, audit: str) -> str | None:
    """A model the audit wants to call whose price is not known; None where there is none."""
    query = select(LedgerRow.model).join(LedgerUse, LedgerUse.key == LedgerRow.key)
    return session.scalar(query.where(LedgerUse.audit == audit, LedgerRow.estimate.is_(None)).limit(1))


def read_exposure(session: Session, now: datetime) -> tuple[int, Decimal | None]:
    """Calls of all audits whose outcome cannot be known, and US dollars at most for them; None is unknown."""
    unknown = _unknown_calls(now)
    query = select(
        func.sum(unknown).label("calls"),
        func.sum(unknown * LedgerRow.estimate, type_=LedgerRow.estimate.type).label("exposure"),
        func.sum(case((LedgerRow.estimate.is_(None), 1), else_=0)).label("unestimated"),
    ).where(unknown > 0)
    row = session.execute(query).one()
    return int(row.calls or 0), None if row.unestimated else row.exposure or Decimal(0)


def _unknown_calls(now: datetime) -> ColumnElement[int]:
    lapsed = and_(LedgerRow.reservation.is_not(None), LedgerRow.lease_until < now)
    return LedgerRow.unknown_calls + case((lapsed, 1), else_=0)


def _charged(audit: str, now: datetime) -> Select[*tuple[Any, ...]]:
    unknown = _unknown_calls(now)
    return (
        select(
            LedgerRow.model,
            LedgerUse.purpose,
            func.sum(LedgerRow.paid_calls).label("calls"),
            func.sum(LedgerRow.input_tokens).label("input"),
            func.sum(LedgerRow.output_tokens).label("output"),
            func.sum(LedgerRow.cache_write_tokens).label("cache_write"),
            func.sum(LedgerRow.cache_read_tokens).label("cache_read"),
            func.sum(LedgerRow.cost).label("cost"),
            func.sum(case((and_(LedgerRow.paid_calls > 0, LedgerRow.cost.is_(None)), 1), else_=0)).label("unpriced"),
            func.sum(unknown).label("unknown_calls"),
            func.sum(unknown * LedgerRow.estimate, type_=LedgerRow.estimate.type).label("exposure"),
            func.sum(case((and_(unknown > 0, LedgerRow.estimate.is_(None)), 1), else_=0)).label("unestimated"),
        )
        .join(LedgerUse, LedgerUse.key == LedgerRow.key)
        .where(LedgerUse.audit == audit, LedgerUse.charged)
        .group_by(LedgerRow.model, LedgerUse.purpose)
    )


def _line(row: Row[Any]) -> SpendLine:
    return SpendLine(
        name=row.model,
        calls=int(row.calls),
        tokens=Tokens(
            input=int(row.input),
            output=int(row.output),
            cache_write=int(row.cache_write),
            cache_read=int(row.cache_read),
        ),
        cost=None if row.unpriced else row.cost or Decimal(0),
        unknown_calls=int(row.unknown_calls),
        exposure=None if row.unestimated else row.exposure or Decimal(0),
    )


def _reused(session: Session, audit: str) -> int:
    query = select(func.count()).select_from(LedgerUse).where(LedgerUse.audit == audit, ~LedgerUse.charged)
    return session.execute(query).scalar_one()
