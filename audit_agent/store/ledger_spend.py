"""Adding up the spend ledger for one audit."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlalchemy.orm import Session

from audit_agent.domain.spend import SpendLine, SpendSummary, Tokens
from audit_agent.store.ledger_table import LedgerRow, LedgerUse


def read_spend(session: Session, audit: str, now: datetime) -> SpendSummary:
    """Spend of one audit, from the calls charged to it. Reservations past their lease count as unknown calls."""
    groups = _charged_groups(session, audit, now)
    lines = [(row.model, row.purpose, _line(row)) for row in groups]
    models = sorted({model for model, _, _ in lines})
    purposes = sorted({purpose for _, purpose, _ in lines})
    return SpendSummary(
        audit=audit,
        total=_total("total", (line for _, _, line in lines)),
        reused=_reused(session, audit),
        by_model=tuple(_total(name, (line for model, _, line in lines if model == name)) for name in models),
        by_purpose=tuple(_total(name, (line for _, purpose, line in lines if purpose == name)) for name in purposes),
    )


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


def _charged_groups(session: Session, audit: str, now: datetime) -> list[Row[Any]]:
    unknown = _unknown_calls(now)
    query = (
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
    return list(session.execute(query).all())


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


def _total(name: str, lines: Iterable[SpendLine]) -> SpendLine:
    return sum(lines, SpendLine(name=name))


def _reused(session: Session, audit: str) -> int:
    query = select(func.count()).select_from(LedgerUse).where(LedgerUse.audit == audit, ~LedgerUse.charged)
    return session.execute(query).scalar_one()
