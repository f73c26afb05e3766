"""A home with a real database, and audits in it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from audit_agent.cli.main import run
from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.ids import AuditId, Person, StepId, review_id
from audit_agent.domain.plan import Materiality, Plan, PlanStep
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.domain.review import Review
from audit_agent.programs import load_program
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reviews import Reviews

NOW = datetime.now(UTC)
REQUESTER = Person("user:anna")


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Say = Callable[..., Said]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command line of `audit-agent`."""

    def command(*arguments: str) -> Said:
        code = run(arguments)
        return Said(code, *capsys.readouterr())

    return command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home; nothing is recorded in it, and no Temporal is configured."""
    folder = tmp_path / "home"
    monkeypatch.setenv("AUDIT_AGENT_HOME", str(folder))
    monkeypatch.setenv("AUDIT_AGENT_USER", "anna")
    for name in ("AUDIT_AGENT_DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


@dataclass
class Office:
    """The database and evidence of a home, to record in as activities do."""

    database: Database
    evidence: FolderEvidence

    def audit(self, budget: Decimal | None = None) -> AuditId:
        """A new audit that is carrying out its plan."""
        audits = Audits(self.database)
        audit = audits.new_audit_id(2026)
        request = AuditRequest(
            audit=audit,
            program=load_program("general"),
            books="/books",
            budget=budget,
            requester=REQUESTER,
            requested_at=NOW,
        )
        audits.create(request, NOW)
        audits.mark(audit, "phase/1", Phase.FIELDWORK, "", NOW)
        return audit

    def plan(self, version: int = 1, parameters: dict[str, str] | None = None) -> Digest:
        """A plan in the evidence."""
        step = PlanStep(
            id=StepId("S01"),
            procedure="JE-02",
            title="Unbalanced journals",
            risk="R1",
            why="Journals must balance.",
            parameters=parameters or {},
        )
        plan = Plan(
            version=version, program="general", summary="Test the journals.", materiality=MATERIALITY,
            steps=(step,), drafted_by="offline-rules/1",
        )  # fmt: skip
        return self.evidence.put(canonical_json(plan))

    def review(self, audit: AuditId, subject: Digest, round_number: int = 1) -> Review:
        """An open review of a plan."""
        review = Review(
            id=review_id(audit, Gate.PLAN, round_number),
            audit=audit,
            gate=Gate.PLAN,
            round=round_number,
            subject=subject,
            title="Plan with 1 step",
            highlights=("Materiality 100,000.00 EUR",),
            requester=REQUESTER,
            policy=GatePolicy(),
            opened_at=NOW - timedelta(hours=1),
        )
        Reviews(self.database).open(review, NOW)
        return review


MATERIALITY = Materiality(
    basis="revenue",
    basis_amount=Decimal(10_000_000),
    percent=Decimal(1),
    overall=Decimal(100_000),
    performance=Decimal(75_000),
    trivial=Decimal(5_000),
    currency="EUR",
)


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    """A home in which audits can be recorded."""
    database = connect(f"sqlite:///{home / 'audit.db'}")
    database.upgrade()
    yield Office(database, FolderEvidence(home / "evidence"))
    database.close()
