"""The demo's audit on its way: shown as it moves, decided on at its gates."""

import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from audit_agent.cli.demo_reviewer import Reviewer
from audit_agent.cli.progress import ProgressView, progress_on
from audit_agent.cli.signing import sign
from audit_agent.cli.watch import LOOK_EVERY_SECONDS
from audit_agent.domain.audit import Phase
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId, ReviewId
from audit_agent.domain.review import Answer, Review
from audit_agent.settings import Settings
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.temporal.runtime import Runtime

STALLED_AFTER_SECONDS = 180.0
"""No step over the sample books takes a tenth of this."""


class DemoNeedsPersonError(AuditAgentError):
    """The demo's audit waits for somebody to mend what keeps it from being undone."""


class DemoStalledError(AuditAgentError):
    """The demo's audit has not moved for so long that it is not going to."""


class Stage(NamedTuple):
    """What one demo works with."""

    settings: Settings
    database: Database
    evidence: FolderEvidence
    runtime: Runtime
    out: Console


def carry_through(stage: Stage, audit: AuditId, reviewer: Reviewer | None) -> AuditStatus:
    """Show the audit until it has ended and have its gates decided, here or by whoever else does; its last status.

    Raises DemoNeedsPersonError or DemoStalledError when it would never end by itself.
    """
    decided: set[ReviewId] = set()
    last_move = _LastMove(stage.settings.logs_folder)
    with progress_on(stage.out) as progress:
        while True:
            if trouble := stage.runtime.trouble:
                raise trouble
            status = audit_status(stage.database, audit)
            progress.show(status)
            last_move.note(status)
            if status.audit.phase.ended:
                return status
            if status.audit.phase is Phase.NEEDS_PERSON:
                raise DemoNeedsPersonError(f"{audit} needs a person: {status.audit.detail}")
            waiting = status.waiting_for
            if waiting is None or reviewer is None or waiting.review.id in decided:
                # Nobody tells a reader of the database that something changed: it has to look.
                time.sleep(LOOK_EVERY_SECONDS)
            elif _decide(stage, waiting.review, reviewer, progress):
                decided.add(waiting.review.id)


class _LastMove:
    """When the audit last moved, as far as its log tells."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._entries = -1
        self._at = time.monotonic()

    def note(self, status: AuditStatus) -> None:
        """Raise DemoStalledError when nothing has happened for too long."""
        if status.log_count != self._entries:
            self._entries, self._at = status.log_count, time.monotonic()
        elif time.monotonic() - self._at > STALLED_AFTER_SECONDS:
            raise DemoStalledError(
                f"{status.audit.id} has not moved for {STALLED_AFTER_SECONDS:.0f} s: {status.audit.phase.value}.",
                f"See {self._logs / 'worker.log'}, and run `audit-agent doctor`.",
            )


def _decide(stage: Stage, review: Review, reviewer: Reviewer, progress: ProgressView) -> bool:
    """Have the reviewer decide; whether the audit has taken it, or will."""
    progress.pause()
    word = reviewer.word_on(review)
    submission = sign(stage.settings, stage.database, review, word.verdict, word.reason, word.person)
    stage.out.print(submission.message)
    return submission.receipt is None or submission.receipt.answer in (Answer.RECORDED, Answer.DUPLICATE)
