"""Showing where an audit stands."""

from audit_agent.activities.contract import END_AUDIT, MARK_PHASE, Done, Ending, Mark
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.store.audits import Audits


class ProgressActivities:
    """The projection follows the workflow."""

    def __init__(self, services: Services) -> None:
        self._audits = Audits(services.database)
        self._notifier = services.notifier
        self._clock = services.clock

    @implements(MARK_PHASE)
    def mark_phase(self, mark: Mark) -> Done:
        """The audit entered a phase."""
        self._audits.mark(mark.audit, mark.key, mark.phase, mark.detail, self._clock())
        return Done()

    @implements(END_AUDIT)
    def end_audit(self, ending: Ending) -> Done:
        """The audit ended; whoever asked for it is told."""
        self._audits.end(ending.audit, ending.phase, ending.reason, ending.report, self._clock())
        requester = self._audits.request(ending.audit).requester
        text = f"{ending.audit} is {ending.phase.value}. {ending.reason}".strip()
        self._notifier.send("audit.ended", ending.audit, (requester,), text, key="ended")
        return Done()
