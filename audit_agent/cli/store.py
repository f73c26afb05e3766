"""The store, as commands open it."""

from collections.abc import Iterator
from contextlib import contextmanager

from audit_agent.domain.ids import AuditId
from audit_agent.settings import Settings
from audit_agent.store.database import Database, connect
from audit_agent.store.errors import AuditNotFoundError
from audit_agent.store.lookup import audit_row


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of these settings, closed afterwards. It need not exist yet."""
    database = connect(settings.database_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_audit(settings: Settings, audit: str) -> Iterator[tuple[Database, AuditId]]:
    """The database, and the id of an audit in it; raises AuditNotFoundError, also where nothing was ever recorded."""
    with open_database(settings) as database:
        if is_fresh(database):
            raise AuditNotFoundError(
                f"There is no audit {audit}: nothing was recorded in {database.name} yet.",
                "Check AUDIT_AGENT_HOME and AUDIT_AGENT_DATABASE_URL; `audit-agent doctor` shows what is in force.",
            )
        with database.read() as session:
            found = audit_row(session, AuditId(audit))
        yield database, found.id


def is_fresh(database: Database) -> bool:
    """Whether nothing was ever recorded: no file, or no tables."""
    return database.migration_state().current is None
