"""Who somebody is in Slack, asked at the moment it matters. Whoever cannot be looked up decides nothing."""

import re
from typing import Any, NamedTuple

from audit_agent.domain.directory import Account, AccountKind, DirectoryAwayError
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import Person
from audit_agent.slack.api import SlackApi
from audit_agent.slack.errors import SlackRefusedError

_PERSON = re.compile(r"slack:([A-Z0-9]+)/([A-Z0-9]+)")


class Member(NamedTuple):
    """A Slack identity: user ids are unique within a workspace only."""

    team: str
    user: str


def person_of(team: str, user: str) -> Person:
    """The person of a Slack identity."""
    return Person(f"slack:{team}/{user}")


def member_of(person: Person) -> Member | None:
    """The Slack identity of a person; None for people of other surfaces."""
    found = _PERSON.fullmatch(person)
    return Member(found[1], found[2]) if found else None


class People:
    """Implements `domain.directory.Workspace` for one Slack workspace. Nothing is remembered: people leave."""

    def __init__(self, api: SlackApi, team: str) -> None:
        self._api = api
        self._team = team

    async def account(self, person: Person) -> Account | None:
        """The account as Slack has it now; None for one that is not of this workspace. Raises DirectoryAwayError."""
        member = member_of(person)
        if member is None:
            return None
        if member.team != self._team:
            return Account(person=person, kind=AccountKind.EXTERNAL)
        try:
            answer = await self._api.ask("users.info", user=member.user)
        except SlackRefusedError as error:
            if error.code in ("user_not_found", "user_not_visible"):
                return None
            raise _away(error) from error
        except AuditAgentError as error:
            raise _away(error) from error
        user = answer.get("user") or {}
        email = str((user.get("profile") or {}).get("email") or "")
        return Account(person=person, kind=_kind(user, self._team), email=email, time_zone=str(user.get("tz") or ""))

    async def members(self, user_group: str) -> frozenset[Person]:
        """Who belongs to a user group now; raises DirectoryAwayError."""
        try:
            users = (await self._api.ask("usergroups.users.list", usergroup=user_group)).get("users") or []
        except AuditAgentError as error:
            raise _away(error) from error
        return frozenset(person_of(self._team, str(user)) for user in users)


def _kind(user: dict[str, Any], team: str) -> AccountKind:
    if user.get("deleted"):
        return AccountKind.DEACTIVATED
    if user.get("is_bot") or user.get("is_app_user") or user.get("id") == "USLACKBOT":
        return AccountKind.BOT
    if user.get("is_stranger") or user.get("team_id") not in (None, team):
        return AccountKind.EXTERNAL
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return AccountKind.GUEST
    return AccountKind.MEMBER


def _away(error: AuditAgentError) -> DirectoryAwayError:
    return DirectoryAwayError(f"Slack does not say who somebody is: {error.message}", "Try again in a moment.")
