"""What the directory says of whoever decides, asked when they decide, kept, and sent along with the decision."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Generic, Protocol, cast

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.directory import (
    TERMINAL,
    Account,
    AccountKind,
    Capacity,
    DirectoryAwayError,
    Standing,
    Workspace,
)
from audit_agent.domain.entitlement import cancelling_circle
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence_request import EvidenceRequest, Reply
from audit_agent.domain.ids import DecisionId, Person
from audit_agent.domain.policy import Circle
from audit_agent.domain.request_state import right_to_reply
from audit_agent.domain.review import Decision, Receipt, Review
from audit_agent.handoff.delivery import Delivery, Said
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.delegations import Delegations
from audit_agent.store.people import People
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.reviews import Reviews

Matter = Review | EvidenceRequest
"""What somebody says something about."""

_UNKNOWN = "{} is not known to the directory, so the decision cannot count."
_AWAY = "Who {} is cannot be looked up now, so the decision cannot count. Try again soon."
_NO_MEMBER = "{} has a {} account; only members decide."


class NoWorkspace:
    """No workspace is connected: nobody in it can be looked up, and no user group."""

    async def account(self, person: Person) -> Account | None:
        """Raises DirectoryAwayError."""
        raise DirectoryAwayError(f"No workspace is connected that knows {person}.", "Connect it, then try again.")

    async def members(self, user_group: str) -> frozenset[Person]:
        """Raises DirectoryAwayError."""
        raise DirectoryAwayError(f"No workspace is connected that knows {user_group}.", "Connect it, then try again.")


class Directory:
    """The people table, the delegations, and a workspace, asked together. Fails closed."""

    def __init__(self, database: Database, workspace: Workspace | None = None) -> None:
        self._people = People(database)
        self._delegations = Delegations(database)
        self._workspace: Workspace = workspace or NoWorkspace()
        self._knows_all = workspace is not None

    def knows(self, person: Person) -> bool:
        """Whether anything can be said of somebody here: of people of a workspace only where it is connected."""
        return self._knows_all or person.startswith(TERMINAL)

    async def standing(self, person: Person, matter: Matter | None, at: datetime) -> Standing:
        """What is known of a person now, as far as a review's policy or an evidence request asks for it.

        `at` is when they decided: the delegations that were in force then count. Without a matter nobody belongs to
        a group and nobody delegates.
        """
        if matter is None:
            return await self._standing(person, None, (), at)
        # Whoever is asked for evidence is one person, never a group.
        circle = matter.policy.circle(len(matter.policy.levels)) if isinstance(matter, Review) else Circle()
        return await self._standing(person, circle, _counterparts(matter), at)

    async def standing_to_cancel(self, person: Person, request: AuditRequest, at: datetime) -> Standing:
        """What is known of a person now, as far as it matters for ending an audit."""
        return await self._standing(person, cancelling_circle(request.policy), (request.requester,), at)

    async def _standing(
        self, person: Person, circle: Circle | None, counterparts: Sequence[Person], at: datetime
    ) -> Standing:
        try:
            account = await self._account(person)
            if why := _barred(person, account):
                return Standing(own=Capacity(person=person), barred=why)
            return await self._known(person, account, circle, counterparts, at)
        except DirectoryAwayError:
            return Standing(own=Capacity(person=person), barred=_AWAY.format(person))

    async def _known(
        self,
        person: Person,
        account: Account | None,
        circle: Circle | None,
        counterparts: Sequence[Person],
        at: datetime,
    ) -> Standing:
        if circle is None:
            return Standing(own=await self._capacity(person, account, (), {}))
        members, unchecked = await self._groups(circle)
        own = await self._capacity(person, account, counterparts, members)
        delegators = [
            await self._delegator(delegator, counterparts, members)
            for delegator in await self._delegators(own.everyone, at)
        ]
        return Standing(own=own, delegators=tuple(one for one in delegators if one), unchecked=tuple(unchecked))

    async def _account(self, person: Person) -> Account | None:
        """What is known of somebody now: of the terminal's people by the people table, of others by the workspace.

        Roles are always the people table's. Raises DirectoryAwayError.
        """
        if person.startswith(TERMINAL):
            return await asyncio.to_thread(self._people.find, person)
        told = await self._workspace.account(person)
        return told and await asyncio.to_thread(self._people.remember, told, datetime.now(UTC))

    async def _groups(self, circle: Circle) -> tuple[dict[str, frozenset[Person]], list[str]]:
        members: dict[str, frozenset[Person]] = {}
        unchecked: list[str] = []
        for group in circle.user_groups:
            try:
                members[group] = await self._workspace.members(group)
            except DirectoryAwayError:
                unchecked.append(group)
        return members, unchecked

    async def _capacity(
        self,
        person: Person,
        account: Account | None,
        counterparts: Iterable[Person],
        members: dict[str, frozenset[Person]],
    ) -> Capacity:
        others = await self._others(account, counterparts) if account and account.email else ()
        everyone = {person, *(other.person for other in others)}
        accounts = (account, *others) if account else others
        return Capacity(
            person=person,
            identities=tuple(sorted(everyone - {person})),
            roles=tuple(sorted({role for one in accounts if one.kind is AccountKind.MEMBER for role in one.roles})),
            user_groups=tuple(sorted(group for group, inside in members.items() if not everyone.isdisjoint(inside))),
        )

    async def _others(self, account: Account, counterparts: Iterable[Person]) -> tuple[Account, ...]:
        """The person's other accounts: those with the same e-mail, and who of the counterparts it ties to them."""
        for person in counterparts:
            if person != account.person:
                # Only who was looked up once is in the people table with their e-mail.
                await self._account(person)
        found = await asyncio.to_thread(self._people.with_email, account.email)
        return tuple(other for other in found if other.person != account.person)

    async def _delegators(self, delegates: frozenset[Person], at: datetime) -> list[Person]:
        delegations = await asyncio.to_thread(self._delegations.to, delegates, at)
        return list(dict.fromkeys(one.delegator for one in delegations if one.delegator not in delegates))

    async def _delegator(
        self, person: Person, counterparts: Iterable[Person], members: dict[str, frozenset[Person]]
    ) -> Capacity | None:
        """What a delegator passes on; None for somebody who could not decide themselves."""
        try:
            account = await self._account(person)
            if _barred(person, account):
                return None
            return await self._capacity(person, account, counterparts, members)
        except DirectoryAwayError:
            return None


class Attestations(Protocol):
    """Where what the directory said is kept: the store's `Decisions`, and its `Replies`."""

    def standing(self, said: DecisionId, /) -> Standing | None:
        """What it said; None while it was not asked."""
        ...

    def attest(self, said: DecisionId, standing: Standing, /) -> Standing:
        """Keep what it said; returns what it said first."""
        ...


class Attested(Generic[Said]):
    """A delivery that asks the directory on the way. What it said first is kept and goes along with every try.

    A process without a workspace leaves the words of its people to one that has it: DirectoryAwayError.
    """

    def __init__(
        self,
        delivery: Delivery[Said],
        directory: Directory,
        kept: Attestations,
        matter: Callable[[Said], Matter],
    ) -> None:
        """Take what is said something about by `matter`, which raises NotFoundError when that is gone."""
        self._delivery = delivery
        self._directory = directory
        self._kept = kept
        self._matter = matter

    async def decide(self, decision: Said) -> Receipt:
        """As `Delivery.decide`; raises what the store raises, too."""
        return await self._delivery.decide(await self._attested(decision))

    async def decide_later(self, decision: Said) -> None:
        """As `Delivery.decide_later`; raises what the store raises, too."""
        await self._delivery.decide_later(await self._attested(decision))

    async def _attested(self, said: Said) -> Said:
        standing = await asyncio.to_thread(self._kept.standing, said.id)
        if standing is None:
            if not self._directory.knows(said.person):
                raise DirectoryAwayError(f"Nobody here can say who {said.person} is.", "Run the workspace's surface.")
            found = await self._directory.standing(said.person, await self._found(said), said.made_at)
            standing = await asyncio.to_thread(self._kept.attest, said.id, found)
        return cast(Said, said.model_copy(update={"standing": standing}))

    async def _found(self, said: Said) -> Matter | None:
        try:
            return await asyncio.to_thread(self._matter, said)
        except NotFoundError:
            return None


class AttestedDelivery(Attested[Decision]):
    """Delivery of decisions, with what the directory said of whoever decided."""

    def __init__(self, delivery: Delivery[Decision], database: Database, workspace: Workspace | None = None) -> None:
        reviews = Reviews(database)
        super().__init__(
            delivery, Directory(database, workspace), Decisions(database), lambda said: reviews.review(said.review)
        )


class AttestedReplies(Attested[Reply]):
    """Delivery of replies to evidence requests, with what the directory said of whoever replied."""

    def __init__(self, delivery: Delivery[Reply], database: Database, workspace: Workspace | None = None) -> None:
        requests = EvidenceRequests(database)
        super().__init__(
            delivery,
            Directory(database, workspace),
            Replies(database),
            lambda said: requests.status(said.request).request,
        )


async def not_asked(directory: Directory, request: EvidenceRequest, reply: Reply) -> str:
    """Why somebody may not reply to a request; empty when they may."""
    standing = await directory.standing(reply.person, request, reply.made_at)
    right = right_to_reply(request, reply.model_copy(update={"standing": standing}))
    return right if isinstance(right, str) else ""


def _counterparts(matter: Matter) -> tuple[Person, ...]:
    """Who else might be the same person under another account."""
    return (matter.requester, *matter.preparers) if isinstance(matter, Review) else (matter.owner,)


def _barred(person: Person, account: Account | None) -> str:
    """Why somebody cannot decide at all; empty when they can."""
    if account is None:
        # The login vouches for people of the terminal; nothing vouches for others.
        return "" if person.startswith(TERMINAL) else _UNKNOWN.format(person)
    return "" if account.kind is AccountKind.MEMBER else _NO_MEMBER.format(person, account.kind.value)
