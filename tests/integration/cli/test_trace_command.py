"""`audit-agent trace` on a report that was published."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import canonical_json
from audit_agent.programs import load_program
from audit_agent.sample.writer import generate
from audit_agent.store.publications import Publications
from tests.integration.cli.conftest import Office, Say
from tests.peers.whole_audits import audit_books

NOW = datetime.now(UTC)


@pytest.fixture
def published(office: Office, home: Path, tmp_path: Path) -> AuditId:
    """An audit of the sample books whose report is published."""
    generate(tmp_path / "sample", 7)
    audit = office.audit()
    done = audit_books(tmp_path / "sample" / "books", load_program("procure-to-pay"), home)
    publications = Publications(office.database)
    publications.draft_report(audit, 1, done.digest, NOW)
    publications.publish_report(audit, done.digest, done.digest, NOW)
    assert done.evidence.read(done.digest) == canonical_json(done.report)
    return audit


def test_a_figure_is_followed_to_file_and_row(published: AuditId, say: Say) -> None:
    said = say("trace", published, "F-01.amount", "--rows", "2")

    shown = " ".join(said.out.split())
    assert said.code == 0
    assert "agrees." in shown
    assert "GL_Detail.csv:" in shown
    assert "--sql prints it" in shown
    assert "plan 1: approve by user:carol" in shown
    assert "DOES NOT AGREE" not in shown


def test_the_query_is_printed_on_request(published: AuditId, say: Say) -> None:
    assert "SELECT" in say("trace", published, "S01", "--sql").out


def test_as_json_it_is_the_whole_chain(published: AuditId, say: Say) -> None:
    chain = say("trace", published, "S01-E00001", "--json").data

    assert chain["recomputed"] is None
    assert chain["exceptions"][0]["rows"][0]["values"]["Invoice_ID"]
    assert chain["step"]["sql"].startswith(("SELECT", "WITH"))
    assert len(chain["sources"][0]["sha256"]) == 64


def test_an_unknown_ref_is_not_found(published: AuditId, say: Say) -> None:
    said = say("trace", published, "F-99.amount")

    assert (said.code, "has no figure 'F-99.amount'" in said.err) == (3, True)


def test_a_report_that_is_not_published_yet_is_not_found(office: Office, say: Say) -> None:
    said = say("trace", office.audit(), "F-01")

    assert (said.code, "has no published report" in said.err) == (3, True)
