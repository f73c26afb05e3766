"""Driver errors in words: what happened to which database, and what to do next."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from audit_agent.domain.errors import AuditAgentError
from audit_agent.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseNotMigratedError,
    DatabaseNotWrittenError,
    DatabaseUnavailableError,
)

_MIGRATE = "Run `audit-agent db upgrade`."
_FREE = "Free space or give this user the right to write there, then run the command again."

_BY_SQLSTATE: dict[str, tuple[type[AuditAgentError], str, str]] = {
    "25006": (DatabaseNotWrittenError, "is read-only", "Connect to the primary server, or to one that takes changes."),
    "40001": (DatabaseBusyError, "gave way to another transaction", "Run the command again."),
    "40P01": (DatabaseBusyError, "gave way to another transaction", "Run the command again."),
    "42501": (DatabaseNotWrittenError, "refuses this user", "Grant the user of the URL rights on its schema."),
    "42P01": (DatabaseNotMigratedError, "lacks a table", _MIGRATE),
    "42703": (DatabaseNotMigratedError, "lacks a column", _MIGRATE),
    "53100": (DatabaseNotWrittenError, "has no space left", "Free space on the database server."),
    "55P03": (DatabaseBusyError, "is locked by another process", "Run the command again when that one is done."),
}

_BY_TEXT: tuple[tuple[str, type[AuditAgentError], str, str], ...] = (
    ("database is locked", DatabaseBusyError, "is locked by another process", "Run the command again in a moment."),
    ("readonly database", DatabaseNotWrittenError, "is read-only", _FREE),
    ("disk is full", DatabaseNotWrittenError, "has no space left", _FREE),
    ("disk i/o error", DatabaseNotWrittenError, "cannot be written", _FREE),
    ("no such table", DatabaseNotMigratedError, "lacks a table", _MIGRATE),
    ("no such column", DatabaseNotMigratedError, "lacks a column", _MIGRATE),
    ("not a database", DatabaseDamagedError, "is no SQLite database", "Restore it from its backup."),
    ("malformed", DatabaseDamagedError, "is damaged", "Restore it from its backup."),
    ("unable to open", DatabaseUnavailableError, "cannot be opened", "Check that the folder exists and is yours."),
)

_NO_ANSWER = frozenset(
    {"OperationalError", "InterfaceError", "ConnectionTimeout", "AdminShutdown", "CrashShutdown", "CannotConnectNow"}
)
"""Names, because psycopg is not loaded where SQLite is used."""


@contextmanager
def in_words(name: str) -> Iterator[None]:
    """Turn a driver's operational errors into ours; a broken constraint or statement passes, for it is our fault."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        translated = _translate(name, cause)
        if translated is None:
            raise
        raise translated from error


def _translate(name: str, cause: BaseException | None) -> AuditAgentError | None:
    state = getattr(cause, "sqlstate", None)
    if state in _BY_SQLSTATE:
        kind, what, advice = _BY_SQLSTATE[state]
        return kind(f"The database {name} {what}.", advice)
    text = str(cause).lower()
    for part, kind, what, advice in _BY_TEXT:
        if part in text:
            return kind(f"The database {name} {what}.", advice)
    if type(cause).__name__ in _NO_ANSWER:
        return DatabaseUnavailableError(
            f"The database {name} does not answer: {_first_line(cause)}.",
            "Start it, or correct AUDIT_AGENT_DATABASE_URL; `audit-agent doctor` shows what is reachable.",
        )
    return None


def _first_line(cause: BaseException | None) -> str:
    lines = str(cause).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(cause).__name__
