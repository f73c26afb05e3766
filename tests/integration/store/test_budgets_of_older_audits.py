"""An audit that was begun before budgets had a table keeps the one it was asked for."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.ledger import CallRequest, Reserved
from audit_agent.domain.record import digest_of
from audit_agent.programs.loader import load_program
from audit_agent.store.audits import Audits
from audit_agent.store.budgets import Budgets
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.migrate import configuration

AUDIT, UNLIMITED = AuditId("AUD-2026-0001"), AuditId("AUD-2026-0002")
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def begin(database: Database, audit: AuditId, budget: Decimal | None) -> None:
    request = AuditRequest(
        audit=audit,
        program=load_program("general"),
        books="/books",
        budget=budget,
        requester=Person("user:somebody"),
        requested_at=NOW,
    )
    Audits(database).create(request, NOW)


def test_the_table_begins_with_what_was_asked_for_and_spent(
    sqlite_url: str, connect_to: Callable[[str], Database]
) -> None:
    database = connect_to(sqlite_url)
    begin(database, AUDIT, Decimal("2.50"))
    begin(database, UNLIMITED, None)
    ledger = DatabaseLedger(database)
    for name, lost in (("a", True), ("b", False)):
        wish = CallRequest(
            key=digest_of(name),
            model="m",
            prompt="p/v1",
            output="o/1",
            audit=AUDIT,
            purpose="plan/1",
            estimate=Decimal("0.25"),
            lease=30,
        )
        claim = ledger.claim(wish)
        assert isinstance(claim, Reserved)
        if lost:
            ledger.lose(wish.key, claim.reservation, "the line broke")
    before = Budgets(database).of(AUDIT)
    _migrate_again(sqlite_url)

    assert before is not None
    assert (before.spent, before.reserved) == (Decimal("0.25"), Decimal("0.25"))
    assert Budgets(database).of(AUDIT) == before
    assert Budgets(database).of(UNLIMITED) is None


def _migrate_again(url: str) -> None:
    """Take the table away and make it anew, as the migration does for audits of an older version."""
    migration = ScriptDirectory.from_config(configuration()).get_revision("0007").module
    engine = create_engine(url)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(text("DROP TABLE audit_budgets"))
        migration.upgrade()
    engine.dispose()
