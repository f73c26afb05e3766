"""Who people are: what a directory says of somebody at the moment they decide. Facts only; `review_state` judges."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record

TERMINAL = "user:"
"""People of the terminal: the login is all that vouches for them."""


class DirectoryAwayError(AuditAgentError):
    """Who somebody is, or what group they belong to, cannot be looked up now."""


class AccountKind(StrEnum):
    """What kind of account somebody has. Only members decide."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    EXTERNAL = "external"


class Account(Record):
    """One account of a person. Accounts with the same e-mail, however it is cased, are one person's."""

    person: Person
    kind: AccountKind = AccountKind.MEMBER
    email: str = ""
    roles: tuple[str, ...] = ()
    time_zone: str = ""
    """Like `Europe/Berlin`; empty where it is not known."""
    country: str = ""
    """For the holidays, like `DE` or `DE-BY`; empty where it is not known."""


class Capacity(Record):
    """One person as the directory knew them."""

    person: Person
    identities: tuple[Person, ...] = ()
    """Other accounts of the same person."""
    roles: tuple[str, ...] = ()
    user_groups: tuple[str, ...] = ()
    """Those of the review's user groups the person belonged to."""

    @property
    def everyone(self) -> frozenset[Person]:
        """Every account of this one person."""
        return frozenset((self.person, *self.identities))


class Standing(Record):
    """What the directory said of a person at the moment of a decision."""

    own: Capacity
    delegators: tuple[Capacity, ...] = ()
    """Who had delegated to the person then; never through another delegate."""
    barred: str = ""
    """Why the person cannot decide at all, in words; empty when they can."""
    unchecked: tuple[str, ...] = ()
    """User groups whose members could not be looked up; nobody counts as a member of them."""

    def capacities(self) -> Iterator[Capacity]:
        """The person's own capacity, then those of the people they stand in for."""
        yield self.own
        yield from self.delegators


class Workspace(Protocol):
    """Where accounts and user groups live besides the people table, such as a Slack workspace."""

    async def account(self, person: Person) -> Account | None:
        """An account as it is now; None for one that is not of this workspace. Raises DirectoryAwayError."""
        ...

    async def members(self, user_group: str) -> frozenset[Person]:
        """Who belongs to a user group now; raises DirectoryAwayError."""
        ...
