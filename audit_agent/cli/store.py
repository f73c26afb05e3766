"""The store, as commands open it."""

from collections.abc import Iterator
from contextlib import contextmanager

from audit_agent.settings import Settings
from audit_agent.store.database import Database, connect


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of these settings, closed afterwards. It must exist and fit this version."""
    database = connect(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def is_fresh(database: Database) -> bool:
    """Whether nothing was ever recorded: no file, or no tables."""
    return database.migration_state().current is None
