"""`/audit delegate @user FROM TO`: letting somebody decide for oneself for some days."""

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.directory import AccountKind
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.record import digest_of
from audit_agent.slack.blocks.text import date as shown
from audit_agent.slack.blocks.text import name
from audit_agent.slack.commands.asked import Answer, Asked
from audit_agent.slack.office import Office
from audit_agent.slack.people import member_of, person_of
from audit_agent.store.delegations import Delegations

_USER = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_USAGE = "Write: `/audit delegate @user 2026-08-01 2026-08-14`"


class NoSuchDelegationError(BadInputError):
    """What was written names no person and two days."""


class Delegating:
    """Takes delegations from whoever delegates, and from nobody else."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def delegate(self, asked: Asked) -> Answer:
        """Keep the delegation; both days count, in the delegator's own time zone."""
        found = _USER.fullmatch(asked.words[0]) if len(asked.words) == 3 else None
        me = member_of(asked.person)
        if found is None or me is None:
            return Answer(_USAGE)
        account = await self._office.people.account(asked.person)
        delegate = person_of(me.team, found[1])
        other = await self._office.people.account(delegate)
        for one in (account, other):
            if one is None or one.kind is not AccountKind.MEMBER:
                return Answer("Only members of this workspace can delegate and be delegated to.")
        zone = _zone(account.time_zone if account else "")
        starts, ends = _day(asked.words[1]), _day(asked.words[2]) + timedelta(days=1)
        delegation = _delegation(
            asked, delegate, datetime.combine(starts, time(), zone), datetime.combine(ends, time(), zone)
        )
        await asyncio.to_thread(Delegations(self._office.database).add, delegation, self._office.clock())
        span = f"from {shown(delegation.starts_at)} to {shown(delegation.ends_at)}"
        return Answer(f"{name(delegate)} decides for you {span}. Separation of duties holds for them, too.")


def _delegation(asked: Asked, delegate: str, starts_at: datetime, ends_at: datetime) -> Delegation:
    """The delegation; the same words make the same one, so that a repeated command keeps it once."""
    key = digest_of([asked.person, delegate, starts_at.isoformat(), ends_at.isoformat()])[:16]
    try:
        return Delegation.model_validate(
            {
                "id": f"slack-{key}",
                "delegator": asked.person,
                "delegate": delegate,
                "starts_at": starts_at.astimezone(UTC),
                "ends_at": ends_at.astimezone(UTC),
            }
        )
    except ValueError as error:
        raise NoSuchDelegationError(
            "That is no delegation: to yourself, or it ends before it starts.", _USAGE
        ) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NoSuchDelegationError(f"{text[:20]!r} is no day.", _USAGE) from error


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
