"""The root of every table: one metadata, one way to name constraints, one way to store times, amounts and words."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.domain.batches import BatchState
from audit_agent.domain.directory import AccountKind
from audit_agent.domain.documents import RunState
from audit_agent.domain.evidence_request import RequestOutcome
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import AuditId, BatchId, DecisionId, Person, RequestId, ReviewId, StepId
from audit_agent.domain.investigation import InvestigationState, Judgement
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Outcome, Verdict
from audit_agent.store.slack_words import ClickKind, ClickState
from audit_agent.store.words import Delivery, DraftKind, EffectState, Event, HoldState, Lease, Publication, StepState

VOCABULARIES: tuple[type[StrEnum], ...] = (
    *(AccountKind, Answer, BatchState, EffectKind, Gate, Outcome, Phase, RequestOutcome, RunState, Severity, Verdict),
    *(Delivery, DraftKind, EffectState, Event, HoldState, Lease, Publication, StepState),
    *(ClickKind, ClickState, InvestigationState, Judgement),
)


class Moment(TypeDecorator[datetime]):
    """An aware instant, always read back in UTC. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"The naive datetime {value.isoformat()} names no instant.")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal that comes back digit for digit. SQLite has no decimals, so there it is text."""

    impl = Numeric
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(64) if dialect.name == "sqlite" else Numeric())

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"{value!r} is not a Decimal.")
        return f"{value:f}" if dialect.name == "sqlite" else value

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Word(TypeDecorator[StrEnum]):
    """One word of a vocabulary, stored as its text."""

    impl = String(40)
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    @override
    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.vocabulary(value).value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.vocabulary(value)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Moment(),
        Decimal: Exact(),
        str: Text(),
        **dict.fromkeys((AuditId, BatchId, DecisionId, Digest, Person, RequestId, ReviewId, StepId), Text()),
        **{vocabulary: Word(vocabulary) for vocabulary in VOCABULARIES},
    }
