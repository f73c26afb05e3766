"""Small believable records for tests of the store."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.finding import Hold
from audit_agent.domain.ids import AuditId, DecisionId, Person, StepId, review_id
from audit_agent.domain.period import parse_period
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.program import MaterialityBasis, Program, ProgramProcedure, Risk
from audit_agent.domain.record import Digest, digest_bytes
from audit_agent.domain.review import Decision, Review, Verdict
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def request_for() -> Callable[[str], AuditRequest]:
    """An audit request with a given id."""

    def make(audit: str) -> AuditRequest:
        program = Program(
            id="journal-entries",
            title="Journal entries",
            version="1",
            objective="Find entries that management may have forced.",
            standards=("ISA 240",),
            risks=(Risk(id="R1", text="Forced entries", assertions=("occurrence",)),),
            procedures=(ProgramProcedure(id="JE-02", risk="R1"),),
            materiality=(MaterialityBasis(measure="revenue", percent="1"),),
        )
        return AuditRequest(
            audit=AuditId(audit),
            program=program,
            books="/books/2025",
            period=parse_period("2025"),
            requester=Person("user:ines"),
            requested_at=AT,
        )

    return make


@pytest.fixture
def audit_on(request_for: Callable[[str], AuditRequest]) -> Callable[[Database], AuditId]:
    """Requests an audit on a database."""

    def create(database: Database) -> AuditId:
        Audits(database).create(request_for("AUD-2026-0001"), AT)
        return AuditId("AUD-2026-0001")

    return create


@pytest.fixture
def audit(database: Database, audit_on: Callable[[Database], AuditId]) -> AuditId:
    """An audit that was just requested, on both kinds of database."""
    return audit_on(database)


@pytest.fixture
def review_of() -> Callable[..., Review]:
    """A review of an audit at a gate."""

    def make(audit: str, gate: Gate = Gate.PLAN, round_number: int = 1, opened_at: datetime = AT) -> Review:
        return Review(
            id=review_id(AuditId(audit), gate.value, round_number),
            audit=AuditId(audit),
            gate=gate,
            round=round_number,
            subject=digest_bytes(f"{gate.value} {round_number}".encode()),
            title=f"The {gate.value}",
            requester=Person("user:ines"),
            policy=GatePolicy(eligible=(Person("user:omar"),), escalate_to=(Person("user:partner"),)),
            opened_at=opened_at,
        )

    return make


@pytest.fixture
def decision_on() -> Callable[..., Decision]:
    """A decision on a review."""

    def make(review: Review, name: str = "d-1", verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Decision:
        return Decision(
            id=DecisionId(name),
            review=review.id,
            audit=review.audit,
            gate=review.gate,
            subject=review.subject,
            person=Person("user:omar"),
            verdict=verdict,
            reason=reason,
            surface="terminal",
            made_at=AT + timedelta(hours=1),
        )

    return make


@pytest.fixture
def hold() -> Hold:
    return Hold(
        key="F-01/Payments_Made/P-77",
        finding="F-01",
        item="Payment P-77",
        supplier="V0042",
        amount=Decimal("12345678901234.5600"),
        currency="EUR",
        reason="Paid twice.",
    )


@pytest.fixture
def plan_steps() -> Callable[..., list[PlanStep]]:
    """Steps of a plan, by their ids."""

    def make(*ids: str) -> list[PlanStep]:
        return [
            PlanStep(id=StepId(name), procedure="JE-02", title=f"Step {name}", risk="R1", why="It must balance.")
            for name in ids
        ]

    return make


@pytest.fixture
def some_digest() -> Callable[[str], Digest]:
    """A digest that stands for some content."""
    return lambda text: digest_bytes(text.encode())
