"""`requests` and `answer`: what is asked, and what the terminal says to an answer."""

from datetime import timedelta
from pathlib import Path

import pytest

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence_request import EvidenceRequest
from audit_agent.domain.ids import AuditId, Person, RequestId, StepId
from audit_agent.domain.policy import GatePolicy
from audit_agent.domain.record import digest_bytes
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests
from tests.integration.cli.conftest import NOW, REQUESTER, Office, Say


def asked(office: Office) -> EvidenceRequest:
    audit: AuditId = office.audit()
    request = EvidenceRequest(
        id=RequestId(f"{audit}/S01/1"), audit=audit, step=StepId("S01"), owner=Person("user:omar"),
        question="Who signed?", expected="the contract", requester=REQUESTER, policy=GatePolicy(),
        asked_at=NOW, due=NOW + timedelta(days=7),
    )  # fmt: skip
    EvidenceRequests(office.database).open(request, NOW)
    return request


def test_requests_and_status_show_what_is_asked_and_how_to_answer(say: Say, office: Office) -> None:
    request = asked(office)

    for command in (("requests",), ("requests", request.audit), ("status", request.audit)):
        said = say(*command)
        assert said.code == 0
        for words in (request.id, "Who signed?", "the contract", f"audit-agent answer {request.id}"):
            assert words in said.out
    (shown,) = say("requests", "--json").data
    assert shown["request"]["owner"] == "user:omar"


def test_an_answer_is_kept_while_temporal_is_away(say: Say, office: Office, tmp_path: Path) -> None:
    request = asked(office)
    file = tmp_path / "contract.pdf"
    file.write_bytes(b"%PDF-1.7 signed")

    said = say("answer", request.id, "--text", "Both did.", "--file", str(file), "--as", "omar")

    assert said.code == 0
    assert "Kept." in said.out
    (reply,) = Replies(office.database).pending()
    assert (reply.person, reply.text) == ("user:omar", "Both did.")
    assert reply.file is not None
    assert office.evidence.read(reply.file.digest) == b"%PDF-1.7 signed"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "There is no answer."),
        (("--as", "omar", "--file", "nowhere.pdf"), 2, "cannot be read"),
        (("--as", "omar", "--file", "program.pdf"), 2, "of a kind that is not taken"),
        (("--as", "omar", "--text", "x" * 3_001), 2, "3,001 characters; at most 3,000 are taken"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(
    say: Say, office: Office, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "program.pdf").write_bytes(b"MZ\x90\x00")

    said = say("answer", asked(office).id, *arguments)

    assert (said.code, words in said.err) == (code, True)
    assert Replies(office.database).pending() == ()


def test_no_file_of_somebody_who_is_not_asked_becomes_evidence(say: Say, office: Office, tmp_path: Path) -> None:
    file = tmp_path / "contract.pdf"
    file.write_bytes(b"%PDF-1.7 signed")

    said = say("answer", asked(office).id, "--file", str(file), "--as", "mallory")

    assert (said.code, "does not stand in" in said.err) == (4, True)
    with pytest.raises(NotFoundError):
        office.evidence.path(digest_bytes(b"%PDF-1.7 signed"))
    assert Replies(office.database).pending() == ()


@pytest.mark.parametrize("name", ["AUD-2026-9999/S01/1", "{audit}/S09/1", "nonsense"])
def test_a_request_that_is_not_there_is_not_found(say: Say, office: Office, name: str) -> None:
    request = asked(office)

    assert say("answer", name.format(audit=request.audit), "--text", "x").code == 3


def test_on_a_fresh_home_nobody_is_asked(say: Say, home: Path) -> None:
    assert "Nobody is asked" in say("requests").out
