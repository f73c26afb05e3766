"""Audits that are given documents, on the real server with the real activities."""

from pathlib import Path
from typing import Any

import pytest

from audit_agent.domain.audit import Phase
from audit_agent.domain.plan import VOUCHING
from audit_agent.domain.review import Verdict
from audit_agent.domain.workpaper import Workpaper
from audit_agent.store.reading import AuditStatus
from audit_agent.store.verify import verify
from tests.integration.audit.conftest import Stage
from tests.peers.documents import pdf


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "unknown.pdf").write_bytes(pdf())
    (tmp_path / "documents" / "empty.pdf").write_bytes(b"%PDF-1.4 nothing")
    return tmp_path / "documents"


def test_documents_are_frozen_read_and_found_wanting_like_the_books(play: Any, documents: Path) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start(documents=str(documents))
        await stage.decide(audit, *[Verdict.APPROVE] * 4)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.FINISHED
    step = next(step for step in status.steps if step.procedure == VOUCHING)
    assert step.workpaper is not None
    paper = Workpaper.model_validate_json(stage.evidence.read(step.workpaper))
    assert paper.population == 2
    assert {item.key: item.reason.split(":")[0] for item in paper.top} == {
        "Document 1: empty.pdf": "It could not be read",
        "Document 2: unknown.pdf": "The books do not carry an invoice numbered NP-2025-0417.",
    }
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None
