from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from audit_agent.domain.ids import SYSTEM, AuditId, Person
from audit_agent.store.audit_log import Appended, append
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.database import Database
from audit_agent.store.errors import AuditNotFoundError, LogConflictError
from audit_agent.store.reading import audit_status
from audit_agent.store.words import Event


def _note(database: Database, audit: AuditId, key: str, at: datetime, text: str = "") -> Appended:
    with database.write() as session:
        return append(session, audit, key, SYSTEM, Event.PHASE, {"phase": "planning", "detail": text}, at)


def test_each_entry_names_the_hash_of_the_one_before(database: Database, audit: AuditId, at: datetime) -> None:
    first = _note(database, audit, "a", at)
    second = _note(database, audit, "b", at)

    with database.read() as session:
        entry = session.get(LogRow, (audit, second.seq))
        assert entry is not None
        assert entry.previous == first.hash


def test_the_same_key_is_told_once_however_late_it_comes_again(
    database: Database, audit: AuditId, at: datetime
) -> None:
    first = _note(database, audit, "a", at)
    _note(database, audit, "b", at)

    again = _note(database, audit, "a", at + timedelta(days=3))

    assert again == (first.seq, first.hash, False)


def test_the_same_key_with_other_data_is_refused(database: Database, audit: AuditId, at: datetime) -> None:
    _note(database, audit, "a", at, "one thing")

    with pytest.raises(LogConflictError, match="already tells 'a' differently"):
        _note(database, audit, "a", at, "another thing")


def test_the_same_key_by_another_person_is_refused(database: Database, audit: AuditId, at: datetime) -> None:
    _note(database, audit, "a", at)
    data = {"phase": "planning", "detail": ""}

    with pytest.raises(LogConflictError), database.write() as session:
        append(session, audit, "a", Person("user:omar"), Event.PHASE, data, at)


def test_an_entry_of_an_unknown_audit_is_refused(database: Database, at: datetime) -> None:
    with pytest.raises(AuditNotFoundError):
        _note(database, AuditId("AUD-2026-9999"), "a", at)


def test_the_audit_carries_the_head_of_its_log(database: Database, audit: AuditId, at: datetime) -> None:
    last = _note(database, audit, "a", at)

    status = audit_status(database, audit)

    assert (status.log_count, status.log_head) == (last.seq, last.hash)


def test_writers_at_the_same_time_leave_no_gap_and_one_chain(
    database: Database, audit: AuditId, at: datetime, connect_again: Callable[[], Database]
) -> None:
    databases = [database, connect_again(), connect_again(), connect_again()]

    def write(number: int) -> None:
        _note(databases[number % 4], audit, f"note/{number // 2}", at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))

    with database.read() as session:
        entries = session.scalars(select(LogRow).where(LogRow.audit == audit).order_by(LogRow.seq)).all()
    assert [entry.seq for entry in entries] == list(range(1, 22))
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


def test_an_instant_in_another_zone_has_the_same_hash_when_read_back(
    database: Database, audit: AuditId, at: datetime
) -> None:
    from zoneinfo import ZoneInfo

    from audit_agent.store.audit_log import entry_hash

    seq, written, _ = _note(database, audit, "a", at.astimezone(ZoneInfo("Asia/Kolkata")))

    with database.read() as session:
        entry = session.get(LogRow, (audit, seq))
        assert entry is not None
        assert entry_hash(entry) == written
