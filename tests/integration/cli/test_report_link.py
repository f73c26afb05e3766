"""`audit-agent report ID --link`, and the application that honours it."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from audit_agent.domain.ids import AuditId
from audit_agent.settings import load_settings
from audit_agent.surfaces import web
from tests.integration.cli.conftest import NOW, Office, Say
from tests.peers.published import published_audit

AUDIT = AuditId("AUD-2026-0001")


@pytest.fixture
def audit(office: Office) -> AuditId:
    return published_audit(office.database, office.evidence, AUDIT, NOW)


def get(url: str) -> httpx2.Response:
    """What the web process of this home answers."""

    async def asked() -> httpx2.Response:
        app = web(load_settings())
        transport = httpx2.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport) as client:
            return await client.get(url)

    return asyncio.run(asked())


def test_a_link_from_the_terminal_opens_in_the_web_process(
    audit: AuditId, say: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_AGENT_PUBLIC_URL", "https://audits.example.com/")

    said = say("report", audit, "--link", "--format", "md")

    assert said.code == 0
    assert said.out.startswith("https://audits.example.com/reports/")
    answer = get(said.out.strip())
    assert (answer.status_code, audit in answer.text) == (200, True)
    assert (home / "link-keys").exists()


def test_without_an_address_no_link_is_made(audit: AuditId, say: Say, home: Path) -> None:
    said = say("report", audit, "--link")

    assert (said.code, said.out) == (2, "")
    assert "AUDIT_AGENT_PUBLIC_URL" in said.err
    assert get("https://audits.example.com/reports/x").status_code == 404


def test_in_a_cluster_every_process_must_be_given_the_same_keys(
    audit: AuditId, say: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_AGENT_PUBLIC_URL", "https://audits.example.com")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example.com:7233")

    refused = say("report", audit, "--link")
    monkeypatch.setenv("AUDIT_AGENT_LINK_KEYS", "k" * 32)

    assert (refused.code, "AUDIT_AGENT_LINK_KEYS" in refused.err) == (2, True)
    assert say("report", audit, "--link").code == 0
    assert not (home / "link-keys").exists()
