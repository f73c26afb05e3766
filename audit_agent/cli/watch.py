"""`audit-agent watch`: one audit, live, until it ends."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from audit_agent.cli.arguments import AuditArgument
from audit_agent.domain.errors import AuditAgentError

if TYPE_CHECKING:
    from audit_agent.domain.ids import AuditId
    from audit_agent.store.database import Database
    from audit_agent.store.reading import AuditStatus

LOOK_EVERY_SECONDS = 0.3


class AuditUnfinishedError(AuditAgentError):
    """The audit ended without a report: rejected, expired, cancelled, failed or terminated."""


def watch(audit: AuditArgument) -> None:
    """Follow an audit until it ends. Leaving with Ctrl-C leaves the audit running."""
    from audit_agent.cli.store import open_audit
    from audit_agent.settings import load_settings

    with open_audit(load_settings(), audit) as (database, known):
        follow(database, known)


def follow(database: "Database", audit: "AuditId", *, quiet: bool = False) -> None:
    """Show the audit until it ends: live on a terminal, in lines elsewhere, not at all when quiet.

    Raises AuditUnfinishedError when it ends in any other way than finished.
    """
    from audit_agent.cli.printing import console
    from audit_agent.cli.progress import progress_on
    from audit_agent.cli.standing import print_what_next
    from audit_agent.domain.audit import Phase
    from audit_agent.store.reading import audit_status

    out = console()
    out.quiet = quiet
    with progress_on(out) as progress:
        last = until_ended(lambda: audit_status(database, audit), progress.show)
    if last.audit.phase is not Phase.FINISHED:
        raise ended_otherwise(last)
    print_what_next(out, last)


def until_ended(look: "Callable[[], AuditStatus]", show: "Callable[[AuditStatus], None]") -> "AuditStatus":
    """Look and show, again and again, until the audit has ended; its last status."""
    while True:
        status = look()
        show(status)
        if status.audit.phase.ended:
            return status
        # Nobody tells a reader of the database that something changed: it has to look.
        time.sleep(LOOK_EVERY_SECONDS)


def ended_otherwise(status: "AuditStatus") -> AuditUnfinishedError:
    """What to raise for an audit that ended without a report."""
    audit = status.audit
    return AuditUnfinishedError(
        f"{audit.id} ended: {audit.phase.value}. {audit.reason}".strip(),
        f"See `audit-agent status {audit.id}`.",
    )
