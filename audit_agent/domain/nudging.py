"""What time does next to something people are asked and have not answered."""

from collections.abc import Sequence
from datetime import datetime

from audit_agent.domain.business_time import Reminder
from audit_agent.domain.policy import Escalation
from audit_agent.domain.review import NextNudge, Nudge


def next_in_time(
    opened_at: datetime, ends_at: datetime, reminders: Sequence[Reminder], levels: Sequence[Escalation]
) -> NextNudge:
    """The next reminder, escalation or the end, from the reminders and levels still to come.

    What comes together with the end is not done any more.
    """
    nudges = [NextNudge(Nudge.EXPIRE, ends_at)]
    nudges += (NextNudge(Nudge.REMIND, reminder.at) for reminder in reminders[:1])
    nudges += (NextNudge(Nudge.ESCALATE, opened_at + level.after) for level in levels[:1])
    return min(nudges, key=lambda nudge: (nudge.at, nudge.kind is not Nudge.EXPIRE))
