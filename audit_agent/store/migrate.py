"""Migrations, run by Alembic, one process at a time."""

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from audit_agent.resources import migrations_folder
from audit_agent.store.errors import DatabaseUnavailableError

_ADVISORY_LOCK = 0x61756469
"""Any number that no other program on the same PostgreSQL database takes; this is `audi` in ASCII."""


def upgrade(engine: Engine, file: Path | None, check: Callable[[Connection], object]) -> None:
    """Run the missing migrations in one transaction. `check` refuses a database that is too new."""
    with _sqlite_alone(file), engine.begin() as connection:
        if file is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        check(connection)
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def known_revisions() -> tuple[str, ...]:
    """Every migration in the folder, oldest first."""
    scripts = ScriptDirectory.from_config(configuration())
    return tuple(script.revision for script in reversed(list(scripts.walk_revisions())))


@contextmanager
def _sqlite_alone(file: Path | None) -> Iterator[None]:
    """Create the file in WAL mode and keep other upgrades out: SQLite's own lock does not cover that switch."""
    if file is None:
        yield
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.with_name(f"{file.name}-upgrade").open("w")
    except OSError as error:
        raise DatabaseUnavailableError(
            f"The database {file} cannot be created: {error.strerror}.",
            "Set AUDIT_AGENT_HOME or AUDIT_AGENT_DATABASE_URL to a place that can be written.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        yield
