"""Asking for the audits that schedules make."""

from pathlib import Path

from audit_agent.activities.contract import NOTE_RUN, REQUEST_SCHEDULED_AUDIT, AuditRun, Done, DueAudit, DueRun
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.domain.audit import AuditRequest, ScheduledBy
from audit_agent.domain.ids import AuditId
from audit_agent.domain.schedule import read_definition
from audit_agent.handoff.policy_file import load_policy
from audit_agent.programs import find_program
from audit_agent.store.audits import Audits
from audit_agent.store.scheduled import ScheduledAudits


class ScheduleActivities:
    """A scheduled time becomes a recorded request."""

    def __init__(self, services: Services) -> None:
        self._audits = Audits(services.database)
        self._scheduled = ScheduledAudits(services.database)
        self._programs_folder = services.programs_folder
        self._policy_file = services.policy_file
        self._clock = services.clock

    @implements(REQUEST_SCHEDULED_AUDIT)
    def request_scheduled_audit(self, due: DueRun) -> DueAudit:
        """Record the audit of a scheduled time, once. Books that are missing are the audit's to report."""
        definition = read_definition(due.definition)
        program = find_program(definition.program, self._programs_folder)
        policy = load_policy(Path(definition.policy) if definition.policy else self._policy_file)
        by = ScheduledBy(name=definition.name, at=due.scheduled_at, run=due.run)

        def ask(audit: AuditId) -> AuditRequest:
            return AuditRequest(
                audit=audit,
                program=program,
                books=definition.books,
                mapping=definition.mapping,
                documents=definition.documents,
                period=definition.period_at(due.scheduled_at),
                budget=definition.budget,
                channel=definition.channel,
                requester=definition.asks,
                policy=policy,
                requested_at=self._clock(),
                schedule=by,
            )

        requested = self._scheduled.record(by, ask, self._clock())
        return DueAudit(request=requested.request, by_another_run=requested.by_another_run)

    @implements(NOTE_RUN)
    def note_run(self, run: AuditRun) -> Done:
        """Keep which workflow run carries the audit."""
        self._audits.set_run(run.audit, run.run, self._clock())
        return Done()
