"""A signed link opens one format of one published report, until it expires, and nothing else."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import AuditId, Person
from audit_agent.handoff.report_links import ReportLinks
from audit_agent.reports.render import FORMATS
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.database import Database
from audit_agent.store.effects import Effects
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.publications import Publications
from audit_agent.store.verify import verify
from audit_agent.store.words import Event
from audit_agent.web.app import web_app
from audit_agent.web.reports import report_route
from tests.peers.published import published_audit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADDRESS = "https://audits.example.com"
AUDIT = AuditId("AUD-2026-0001")
ANNA = Person("slack:T1/U0ANNA")
OLD, NEW = "o" * 32, "n" * 32
Get = Callable[..., httpx2.Response]


class Clock:
    """The time as a test has it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def audit(sqlite_database: Database, evidence: FolderEvidence) -> AuditId:
    return published_audit(sqlite_database, evidence, AUDIT, NOW)


Make = Callable[..., ReportLinks]


@pytest.fixture
def made(sqlite_database: Database, evidence: FolderEvidence) -> Make:
    """Links signed with these keys."""
    return lambda *keys: ReportLinks(sqlite_database, evidence, ADDRESS, keys or (NEW,), timedelta(days=7))


@pytest.fixture
def get(made: Make, clock: Clock) -> Get:
    """Ask the application, as a browser does."""

    def ask(url: str, method: str = "GET", keys: tuple[str, ...] = (), **headers: str) -> httpx2.Response:
        app = web_app(None)
        app.routes.append(report_route(made(*keys), clock))

        async def asked() -> httpx2.Response:
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS) as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, url, headers=named)

        return asyncio.run(asked())

    return ask


def uses(database: Database) -> list[tuple[str, Any]]:
    query = select(LogRow).where(LogRow.event == Event.REPORT_OPENED).order_by(LogRow.seq)
    with database.read() as session:
        return [(row.actor, json.loads(row.data)) for row in session.scalars(query)]


@pytest.mark.parametrize(
    ("form", "media_type", "disposition"),
    [
        ("html", "text/html; charset=utf-8", "inline"),
        ("md", "text/markdown; charset=utf-8", "attachment"),
        ("json", "application/json", "attachment"),
    ],
)
def test_a_link_opens_the_report_under_its_name_and_type(
    audit: AuditId, made: Make, get: Get, form: str, media_type: str, disposition: str
) -> None:
    assert form in FORMATS

    answer = get(made().issue(audit, form, ANNA, NOW))

    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["content-disposition"] == f'{disposition}; filename="{audit}.{form}"'
    assert audit in answer.text


def test_nothing_keeps_a_report_looks_into_it_or_runs_what_it_says(audit: AuditId, made: Make, get: Get) -> None:
    answer = get(made().issue(audit, "html", ANNA, NOW))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy


def test_every_use_is_in_the_audit_log_with_whom_the_link_was_for(
    audit: AuditId, made: Make, get: Get, sqlite_database: Database, evidence: FolderEvidence, clock: Clock
) -> None:
    url = made().issue(audit, "md", ANNA, NOW)
    get(url)
    clock.now += timedelta(seconds=1)
    get(url)

    digest = Publications(sqlite_database).report(audit)
    assert uses(sqlite_database) == [(ANNA, {"digest": digest, "form": "md"})] * 2
    assert verify(sqlite_database, evidence, audit).entries > 0


def test_asking_for_the_head_is_no_use_of_a_link(
    audit: AuditId, made: Make, get: Get, sqlite_database: Database
) -> None:
    assert get(made().issue(audit, "html", ANNA, NOW), "HEAD").status_code == 200
    assert uses(sqlite_database) == []


def test_a_part_of_a_report_can_be_asked_for(audit: AuditId, made: Make, get: Get) -> None:
    url = made().issue(audit, "json", ANNA, NOW)
    whole = get(url)

    part = get(url, range="bytes=10-19", if_range=whole.headers["etag"])
    head = get(url, "HEAD")

    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
    assert get(url, range="bytes=99999999-").status_code == 416


def test_an_expired_link_says_so(audit: AuditId, made: Make, get: Get, clock: Clock) -> None:
    url = made().issue(audit, "html", ANNA, NOW)

    clock.now = NOW + timedelta(days=7, seconds=-1)
    assert get(url).status_code == 200
    clock.now = NOW + timedelta(days=7)
    answer = get(url)

    assert answer.status_code == 410
    assert "This link has expired." in answer.text


def test_a_forged_or_broken_link_opens_nothing(audit: AuditId, made: Make, get: Get, sqlite_database: Database) -> None:
    url = made().issue(audit, "html", ANNA, NOW)
    token = url.rpartition("/")[2]
    others = [
        made("x" * 32).issue(audit, "html", ANNA, NOW),
        url[:-9] + ("A" if url[-9] != "A" else "B") + url[-8:],
        url.replace(token, "A" + token[1:] if token[0] != "A" else "B" + token[1:]),
        url.replace(token, token.rpartition(".")[0]),
        f"{ADDRESS}/reports/{'.' * 5000}",
        f"{ADDRESS}/reports/{audit}",
    ]
    for other in others:
        answer = get(other)
        assert answer.status_code == 403
        assert "This is no link of this Audit Agent" in answer.text
    assert uses(sqlite_database) == []


@pytest.mark.parametrize("path", ["../audit.db", "..%2Faudit.db", "a/b", "%2e%2e/%2e%2e/etc/passwd", "", "%00"])
def test_nothing_but_reports_can_be_reached(audit: AuditId, get: Get, path: str) -> None:
    assert get(f"{ADDRESS}/reports/{path}").status_code in (403, 404)


def test_only_reading_is_possible(audit: AuditId, made: Make, get: Get) -> None:
    assert get(made().issue(audit, "html", ANNA, NOW), "POST").status_code == 405


def test_a_link_to_a_withdrawn_report_opens_nothing(
    audit: AuditId, made: Make, get: Get, sqlite_database: Database
) -> None:
    url = made().issue(audit, "html", ANNA, NOW)
    Effects(sqlite_database).begin_undo(audit, EffectKind.REPORT, "cancelled", NOW)
    Publications(sqlite_database).withdraw_report(audit, NOW)

    answer = get(url)

    assert answer.status_code == 410
    assert "withdrawn or replaced" in answer.text


def test_a_report_that_cannot_be_read_is_no_crash_and_names_no_path(
    audit: AuditId, made: Make, get: Get, sqlite_database: Database, evidence: FolderEvidence
) -> None:
    url = made().issue(audit, "html", ANNA, NOW)
    evidence.path(Publications(sqlite_database).report(audit)).unlink()

    answer = get(url)

    assert (answer.status_code, "cannot be read now" in answer.text) == (503, True)
    assert "evidence" not in answer.text


def test_keys_rotate(audit: AuditId, made: Make, get: Get) -> None:
    before = made(OLD).issue(audit, "html", ANNA, NOW)
    after = made(NEW, OLD).issue(audit, "html", ANNA, NOW)

    assert get(before, keys=(NEW, OLD)).status_code == 200
    assert get(after, keys=(NEW,)).status_code == 200
    assert get(after, keys=(OLD,)).status_code == 403
    assert get(before, keys=(NEW,)).status_code == 403
