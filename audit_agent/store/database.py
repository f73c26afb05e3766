"""One way to the database: short transactions for reading and for writing, on SQLite and PostgreSQL alike."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from audit_agent.store.errors import DatabaseNotMigratedError, DatabaseTooNewError, DatabaseUrlError
from audit_agent.store.failures import in_words
from audit_agent.store.revisions import HEAD, REVISIONS

BUSY_TIMEOUT_SECONDS = 10
"""How long a SQLite writer waits for another; longer than any transaction of ours takes."""

_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""How PostgreSQL lets several queries of one reader see the same committed state, as SQLite always does."""


class MigrationState(NamedTuple):
    """The migration a database is at, None for an empty one, and the one this version needs."""

    current: str | None
    head: str

    @property
    def is_current(self) -> bool:
        """Whether the database fits this version."""
        return self.current == self.head


class Database:
    """A database of audits. Give it to repositories; close it when done."""

    def __init__(self, url: URL) -> None:
        self.name = url.render_as_string(hide_password=True)
        self._file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self._engine = _sqlite_engine(self._file) if self._file else _postgresql_engine(url)
        self._writing = self._engine.execution_options(audit_agent_writes=True)
        self._reading = self._engine.execution_options(**({} if self._file else _ONE_STATE))
        self._is_checked = False
        # A thread that finds SQLite locked sleeps and looks again; one that finds this locked goes on at once.
        self._turn = threading.RLock() if self._file else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one committed state and changes nothing."""
        self._check()
        with in_words(self.name), Session(self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session committed at the end of the block, rolled back when the block fails.

        On SQLite it holds the write lock from its first statement on; on PostgreSQL lock the audit first
        (`store.lookup.lock_audit`) where what is read decides what is written.
        """
        self._check()
        writing = Session(self._writing, expire_on_commit=False)
        with self._turn, in_words(self.name), writing as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Bring the tables up to this version; safe while another process does the same."""
        if self.migration_state().is_current:
            return
        from audit_agent.store.migrate import upgrade  # Alembic takes long to load and is seldom needed

        with in_words(self.name):
            upgrade(self._writing, self._file, self._state)
        self._is_checked = True

    def migration_state(self) -> MigrationState:
        """Which migration the database is at, and which this version needs."""
        if self._file and not self._file.exists():
            return MigrationState(None, HEAD)
        with in_words(self.name), self._engine.connect() as connection:
            return self._state(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _state(self, connection: Connection) -> MigrationState:
        if not inspect(connection).has_table("alembic_version"):
            return MigrationState(None, HEAD)
        current = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if current is not None and current not in REVISIONS:
            raise DatabaseTooNewError(
                f"The database {self.name} is at migration {current!r}, which this version does not know.",
                "Install the version of Audit Agent that migrated it, or a later one.",
            )
        return MigrationState(current, HEAD)

    def _check(self) -> None:
        if self._is_checked:
            return
        state = self.migration_state()
        if not state.is_current:
            what = "has no tables yet" if state.current is None else f"is at migration {state.current}, not {HEAD}"
            raise DatabaseNotMigratedError(f"The database {self.name} {what}.", "Run `audit-agent db upgrade`.")
        self._is_checked = True


def connect(url: str) -> Database:
    """The database at `sqlite:////absolute/path.db` or `postgresql://user:password@host/name`.

    Nothing is opened before the first use. Raises DatabaseUrlError for any other address.
    """
    advice = "Write sqlite:////absolute/path/audit.db or postgresql://USER:PASSWORD@HOST/NAME."
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlError("The database URL cannot be read.", advice) from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return Database(parsed)
        case "postgresql" | "postgres":
            return Database(parsed.set(drivername="postgresql+psycopg"))
    raise DatabaseUrlError(f"Audit Agent cannot keep its records at {parsed.render_as_string()!r}.", advice)


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5},
        hide_parameters=True,
    )


def _sqlite_engine(file: Path) -> Engine:
    # mode=rw: reading commands must not leave an empty file behind where there is no database.
    def open_existing() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_TIMEOUT_SECONDS, check_same_thread=False
        )

    # Left to itself SQLAlchemy takes an address without a file for an in-memory database, and its pool for those
    # closes connections that other threads are using.
    engine = create_engine("sqlite://", creator=open_existing, poolclass=QueuePool, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and a deferred
    # transaction that turns to writing fails at once when another process writes, whatever the timeout.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    options: Any = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("audit_agent_writes") else "BEGIN DEFERRED")
