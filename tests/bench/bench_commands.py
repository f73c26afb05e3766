"""How long the reading commands take as whole processes, with no worker and 1,000 audits in the database."""

import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.ids import AuditId, Person
from audit_agent.programs.loader import load_program
from audit_agent.store.audits import Audits
from audit_agent.store.database import connect

AUDITS = 1_000
ROUNDS = 7
LIMIT_SECONDS = 0.7
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def fill(home: Path) -> AuditId:
    """A home with many audits, all ended; returns the id of one."""
    database = connect(f"sqlite:///{home / 'audit.db'}")
    database.upgrade()
    audits = Audits(database)
    program = load_program("general")
    for number in range(AUDITS):
        at = BEGAN + timedelta(minutes=number)
        request = AuditRequest(
            audit=audits.new_audit_id(2026),
            program=program,
            books="/books",
            requester=Person("user:somebody"),
            requested_at=at,
        )
        audits.create(request, at)
        audits.end(request.audit, Phase.FINISHED, "", None, at)
    database.close()
    return request.audit


def seconds(home: Path, *arguments: str) -> float:
    """Wall-clock seconds of one whole command."""
    command = [str(Path(sys.executable).with_name("audit-agent")), *arguments]
    began = time.perf_counter()
    subprocess.run(command, env=os.environ | {"AUDIT_AGENT_HOME": str(home)}, check=True, capture_output=True)
    return time.perf_counter() - began


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_reading_commands_answer_quickly(tmp_path: Path) -> None:
    audit = fill(tmp_path)

    for arguments in (("list",), ("status", audit), ("watch", audit)):
        median = statistics.median(seconds(tmp_path, *arguments) for _ in range(ROUNDS))
        print(f"{arguments[0]} with {AUDITS:,} audits: {median:.2f} s as a whole command (limit {LIMIT_SECONDS:.2f})")
        assert median < LIMIT_SECONDS
