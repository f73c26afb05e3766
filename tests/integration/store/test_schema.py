from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from audit_agent.domain.ids import AuditId
from audit_agent.store.database import Database
from audit_agent.store.migrate import known_revisions
from audit_agent.store.revisions import REVISIONS
from audit_agent.store.schema import metadata


def test_the_migrated_tables_are_the_ones_the_code_declares(database_url: str) -> None:
    url = make_url(database_url)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.host or url.query else url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, metadata())
    engine.dispose()

    assert differences == []


def test_the_code_knows_every_migration() -> None:
    assert known_revisions() == REVISIONS


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'user:other'",
        "UPDATE audit_log SET seq = seq + 1",
        "DELETE FROM audit_log",
    ],
)
def test_the_database_refuses_to_change_the_audit_log(database: Database, audit: AuditId, statement: str) -> None:
    with pytest.raises(DBAPIError, match="the audit log is append-only"), database.write() as session:
        session.execute(text(statement))


def test_sqlite_refuses_to_replace_an_entry_of_the_audit_log(
    sqlite_database: Database, audit_on: Callable[[Database], AuditId]
) -> None:
    audit_on(sqlite_database)
    replace = "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log"

    with pytest.raises(DBAPIError, match="the audit log is append-only"), sqlite_database.write() as session:
        session.execute(text(replace))


def test_postgresql_refuses_to_empty_the_audit_log(
    postgresql_url: str, connect_to: Callable[[str], Database], audit_on: Callable[[Database], AuditId]
) -> None:
    database = connect_to(postgresql_url)
    audit_on(database)

    with pytest.raises(DBAPIError, match="the audit log is append-only"), database.write() as session:
        session.execute(text("TRUNCATE audit_log"))
