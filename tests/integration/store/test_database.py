import multiprocessing
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseNotMigratedError,
    DatabaseNotWrittenError,
    DatabaseTooNewError,
    DatabaseUnavailableError,
    DatabaseUrlError,
)
from audit_agent.store.revisions import HEAD

Connect = Callable[[str], Database]


def _upgrade(url: str) -> None:
    database = connect(url)
    database.upgrade()
    database.close()


def _upgrade_in_processes(url: str, count: int) -> list[int | None]:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_upgrade, args=(url,)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def test_processes_that_upgrade_a_new_sqlite_file_at_once_all_succeed(connect_to: Connect, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'audit.db'}"

    assert _upgrade_in_processes(url, 2) == [0, 0]
    assert connect_to(url).migration_state().current == HEAD


def test_processes_that_upgrade_an_empty_postgresql_at_once_all_succeed(empty_postgresql_url: str) -> None:
    assert _upgrade_in_processes(empty_postgresql_url, 2) == [0, 0]


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    database.upgrade()

    assert database.migration_state().is_current


def test_a_block_that_fails_leaves_nothing_behind(
    database: Database, audit: AuditId, request_for: Callable[[str], AuditRequest]
) -> None:
    def write_and_break_off() -> None:
        with database.write() as session:
            session.execute(text("UPDATE audits SET title = 'changed'"))
            raise RuntimeError("broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        write_and_break_off()

    with database.read() as session:
        assert session.scalar(text("SELECT title FROM audits")) == "Journal entries"


def test_a_reader_sees_one_state_while_another_writes(
    database: Database, audit: AuditId, connect_again: Callable[[], Database]
) -> None:
    with database.read() as reader:
        before = reader.scalar(text("SELECT title FROM audits"))
        with connect_again().write() as writer:
            writer.execute(text("UPDATE audits SET title = 'changed'"))
        after = reader.scalar(text("SELECT title FROM audits"))

    assert (before, after) == ("Journal entries", "Journal entries")


def test_sqlite_keeps_a_write_ahead_log_and_waits_for_the_disk(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000, "foreign_keys": 1}


def test_reading_where_there_is_no_sqlite_file_says_so_and_makes_none(connect_to: Connect, tmp_path: Path) -> None:
    file = tmp_path / "audit.db"

    with pytest.raises(DatabaseNotMigratedError, match=r"has no tables yet.*audit-agent db upgrade"):
        Audits(connect_to(f"sqlite:///{file}")).request(AuditId("AUD-2026-0001"))

    assert not file.exists()


def test_an_empty_postgresql_is_not_migrated(connect_to: Connect, empty_postgresql_url: str) -> None:
    database = connect_to(empty_postgresql_url)

    with pytest.raises(DatabaseNotMigratedError, match="has no tables yet"), database.read():
        pass


def test_a_database_of_a_later_version_is_refused(database: Database, connect_again: Callable[[], Database]) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseTooNewError, match="'9999'"), connect_again().read():
        pass


def test_an_upgrade_refuses_a_database_of_a_later_version(
    database: Database, connect_again: Callable[[], Database]
) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseTooNewError, match="Install the version"):
        connect_again().upgrade()


def test_a_server_that_is_away_is_named_without_its_password(connect_to: Connect) -> None:
    database = connect_to("postgresql://ines:secret@127.0.0.1:1/audits")

    with pytest.raises(DatabaseUnavailableError, match="does not answer") as caught, database.read():
        pass

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "books.db", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "://"])
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="Write sqlite:"):
        connect(url)


def test_a_file_that_is_no_database_is_named(connect_to: Connect, tmp_path: Path) -> None:
    file = tmp_path / "audit.db"
    file.write_bytes(b"Certainly not SQLite." * 100)

    with pytest.raises(DatabaseDamagedError, match="is no SQLite database"), connect_to(f"sqlite:///{file}").read():
        pass


def test_a_folder_that_cannot_be_made_is_named(connect_to: Connect, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(DatabaseUnavailableError, match="cannot be created"):
        connect_to(f"sqlite:///{tmp_path / 'file' / 'audit.db'}").upgrade()


def test_a_full_disk_is_named_and_nothing_is_half_written(
    sqlite_database: Database, request_for: Callable[[str], AuditRequest]
) -> None:
    request = request_for("AUD-2026-0001")

    with _files_no_larger_than(0), pytest.raises(DatabaseNotWrittenError, match="Free space"):
        Audits(sqlite_database).create(request, request.requested_at)

    Audits(sqlite_database).create(request, request.requested_at)
    assert Audits(sqlite_database).request(request.audit) == request


def test_a_full_disk_ends_an_upgrade_in_words(connect_to: Connect, tmp_path: Path) -> None:
    database = connect_to(f"sqlite:///{tmp_path / 'audit.db'}")

    with _files_no_larger_than(4096), pytest.raises(DatabaseNotWrittenError, match="Free space"):
        database.upgrade()

    database.upgrade()
    assert database.migration_state().is_current


def test_a_sqlite_that_takes_no_changes_is_named(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        session.execute(text("PRAGMA query_only = ON"))

    with pytest.raises(DatabaseNotWrittenError, match="is read-only"):
        Audits(sqlite_database).new_audit_id(2026)


def test_a_postgresql_that_takes_no_changes_is_named(connect_to: Connect, postgresql_url: str) -> None:
    database = connect_to(f"{postgresql_url}&options=-c%20default_transaction_read_only%3Don")

    with pytest.raises(DatabaseNotWrittenError, match="is read-only"):
        Audits(database).new_audit_id(2026)


def test_a_lock_held_for_too_long_is_named(connect_to: Connect, postgresql_url: str) -> None:
    holder = connect_to(postgresql_url)
    waiter = connect_to(f"{postgresql_url}&options=-c%20lock_timeout%3D50")
    Audits(holder).new_audit_id(2026)

    with holder.write() as session:
        session.execute(text("UPDATE audit_numbers SET last = 5"))
        with pytest.raises(DatabaseBusyError, match="is locked by another process"):
            Audits(waiter).new_audit_id(2026)


def test_every_error_of_the_database_says_what_to_do(connect_to: Connect, tmp_path: Path) -> None:
    with pytest.raises(AuditAgentError) as caught, connect_to(f"sqlite:///{tmp_path / 'none.db'}").read():
        pass

    assert caught.value.advice


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    """What a full disk does to a writer, without filling one. Python ignores the signal; the write fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
