"""People with several accounts, who stand in for each other, and what a directory says of them."""

from datetime import UTC, datetime, timedelta

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.directory import Capacity, Standing
from audit_agent.domain.ids import Person

OPENED = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STARTS, ENDS = OPENED, OPENED + 45 * MINUTE

ACCOUNTS = {
    "alice": ("user:alice", "slack:T1/ALICE", "slack:T2/ALICE"),
    "bob": ("slack:T1/BOB",),
    "carol": ("user:carol",),
    "chief": ("slack:T1/CHIEF",),
    "dave": ("user:dave", "slack:T1/DAVE"),
    "erin": ("slack:T1/ERIN",),
    "frank": ("slack:T1/FRANK",),
    "guest": ("slack:T1/GUEST",),
    "rita": ("user:rita", "slack:T1/RITA"),
}
WHO = {Person(account): human for human, accounts in ACCOUNTS.items() for account in accounts}
ROLES = {"carol": ("controller",)}
REQUESTER, PREPARER = Person("user:rita"), Person("slack:T2/ALICE")
ELIGIBLE = {"alice", "bob", "carol", "rita"}
ELIGIBLE_LATER = {"chief"}
STANDS_IN = {("carol", "dave"), ("dave", "erin"), ("rita", "frank"), ("chief", "frank"), ("alice", "bob")}
DELEGATIONS = tuple(
    Delegation(
        id=f"{delegator}-{delegate}",
        delegator=Person(ACCOUNTS[delegator][0]),
        delegate=Person(ACCOUNTS[delegate][0]),
        starts_at=STARTS,
        ends_at=ENDS,
    )
    for delegator, delegate in sorted(STANDS_IN)
)
TOGETHER = [[one.delegator, one.delegate] for one in DELEGATIONS]


def capacity(human: str, account: Person | None = None) -> Capacity:
    accounts = [Person(one) for one in ACCOUNTS[human]]
    own = account or accounts[0]
    others = tuple(one for one in accounts if one != own)
    return Capacity(person=own, identities=others, roles=ROLES.get(human, ()))


def standing(account: Person, at: datetime) -> Standing:
    own = capacity(WHO[account], account)
    delegators = [one.delegator for one in DELEGATIONS if one.delegate in own.everyone and one.in_force(at)]
    return Standing(
        own=own,
        delegators=tuple(capacity(WHO[delegator]) for delegator in delegators),
        barred="A guest decides nothing." if WHO[account] == "guest" else "",
    )
