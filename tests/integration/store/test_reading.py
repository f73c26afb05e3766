from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.ids import AuditId
from audit_agent.domain.period import parse_period
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.errors import AuditNotFoundError
from audit_agent.store.reading import audit_status, list_audits
from audit_agent.store.words import Event

MakeRequest = Callable[[str], AuditRequest]


def _three(database: Database, request_for: MakeRequest, at: datetime) -> None:
    for number in (1, 2, 3):
        Audits(database).create(request_for(f"AUD-2026-000{number}"), at + timedelta(hours=number))


def test_audits_are_listed_newest_first_and_at_most_so_many(
    database: Database, request_for: MakeRequest, at: datetime
) -> None:
    _three(database, request_for, at)

    assert [audit.id for audit in list_audits(database, limit=2)] == ["AUD-2026-0003", "AUD-2026-0002"]


def test_audits_are_listed_by_phase(database: Database, request_for: MakeRequest, at: datetime) -> None:
    _three(database, request_for, at)
    Audits(database).mark(AuditId("AUD-2026-0002"), "1", Phase.FREEZING, "", at)

    listed = list_audits(database, phases={Phase.FREEZING, Phase.PLANNING})

    assert [audit.id for audit in listed] == ["AUD-2026-0002"]


def test_a_summary_carries_the_period_and_the_requester(database: Database, audit: AuditId) -> None:
    summary = list_audits(database)[0]

    assert (summary.period, summary.requester) == (parse_period("2025"), "user:ines")


def test_an_unknown_audit_is_answered_with_the_nearest_ids(
    database: Database, request_for: MakeRequest, at: datetime
) -> None:
    _three(database, request_for, at)

    with pytest.raises(AuditNotFoundError, match=r"no audit aud-2026-002\. Did you mean AUD-2026-0002"):
        audit_status(database, AuditId("aud-2026-002"))


def test_a_status_shows_the_end_of_the_log(database: Database, audit: AuditId, at: datetime) -> None:
    for number in range(5):
        Audits(database).mark(audit, str(number), Phase.PLANNING, f"version {number}", at)

    log = audit_status(database, audit, log_tail=2).log

    assert [(entry.seq, entry.event, entry.data["detail"]) for entry in log] == [
        (5, Event.PHASE, "version 3"),
        (6, Event.PHASE, "version 4"),
    ]


def test_a_status_becomes_json(database: Database, audit: AuditId) -> None:
    assert '"phase":"requested"' in audit_status(database, audit).model_dump_json()
