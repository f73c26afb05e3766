"""How far an audit has come with its documents, from the database alone."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from rich.console import Console

from audit_agent.cli.progress import Lines
from audit_agent.domain.audit import Phase
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import digest_of
from audit_agent.store.audits import Audits
from audit_agent.store.document_runs import DocumentRuns, FinishedPage, StepRun
from audit_agent.store.reading import audit_status
from tests.integration.cli.conftest import Office


def half_read(office: Office, state: RunState = RunState.READING) -> AuditId:
    """An audit that has read 50 of 100 documents within the last minute, two of them in vain."""
    audit, now = office.audit(), datetime.now(UTC)
    run = StepRun(audit=audit, step=StepId("S01"), revision=1)
    runs = DocumentRuns(office.database)
    runs.mark(run, 100, state, now - timedelta(minutes=1))
    page = FinishedPage(offset=0, count=50, failed=2, passing=1, attempts=1, outcomes=digest_of("page"))
    runs.finish_page(run, page, now)
    return audit


def test_status_shows_done_failed_rate_and_time_left(office: Office, say: Any) -> None:
    audit = half_read(office)

    (progress,) = say("documents", "status", audit, "--json").data
    line = say("documents", "status", audit).out

    assert (progress["done"], progress["failed"], progress["total"]) == (50, 2, 100)
    assert 0 < progress["a_minute"] <= 50
    assert progress["seconds_left"] >= 60
    assert "S01 reading: 50 of 100 documents, 2 failed" in line
    assert line.splitlines()[0] in say("status", audit).out


def test_what_is_paused_has_no_time_left(office: Office, say: Any) -> None:
    audit = half_read(office, RunState.PAUSED)

    assert say("documents", "status", audit).out == "S01 paused: 50 of 100 documents, 2 failed\n"


def test_an_audit_that_ended_reads_no_more(office: Office, say: Any) -> None:
    audit = half_read(office)
    Audits(office.database).end(audit, Phase.CANCELLED, "Enough.", None, datetime.now(UTC))

    assert say("documents", "status", audit).out.startswith("S01 stopped: 50 of 100 documents")
    assert say("documents", "pause", audit).code != 0


def test_an_audit_without_documents_says_so(office: Office, say: Any) -> None:
    assert "reads no documents" in say("documents", "status", office.audit()).out


def test_watching_tells_of_every_tenth_once(office: Office) -> None:
    audit, out = half_read(office), StringIO()
    lines = Lines(Console(file=out, width=200))

    for _ in range(3):
        lines.show(audit_status(office.database, audit))

    assert out.getvalue().count("50 of 100 documents") == 1
