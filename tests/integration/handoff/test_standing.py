"""What the directory says of whoever decides: people table, delegations and a workspace together, failing closed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.directory import Account, AccountKind, Capacity, DirectoryAwayError, Standing
from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Decision, Receipt, Review, Verdict
from audit_agent.handoff.decide import submit
from audit_agent.handoff.relay import deliver_pending
from audit_agent.handoff.standing import AttestedDelivery, Directory
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.delegations import Delegations
from audit_agent.store.people import People
from audit_agent.store.reviews import Reviews
from tests.workflow.world import request

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUDIT = AuditId("AUD-2026-0001")
ANNA, ANNA_IN_SLACK, BEN = Person("user:anna"), Person("slack:T1/ANNA"), Person("slack:T1/BEN")


@dataclass
class FakeWorkspace:
    """Accounts and groups as a test sets them; everything can be away."""

    accounts: dict[Person, Account] = field(default_factory=dict)
    groups: dict[str, frozenset[Person]] = field(default_factory=dict)
    away: bool = False

    async def account(self, person: Person) -> Account | None:
        if self.away:
            raise DirectoryAwayError("away")
        return self.accounts.get(person)

    async def members(self, user_group: str) -> frozenset[Person]:
        if self.away or user_group not in self.groups:
            raise DirectoryAwayError("away")
        return self.groups[user_group]

    def has(self, person: Person, kind: AccountKind = AccountKind.MEMBER, email: str = "") -> None:
        self.accounts[person] = Account(person=person, kind=kind, email=email)


@pytest.fixture
def workspace() -> FakeWorkspace:
    workspace = FakeWorkspace()
    workspace.has(ANNA_IN_SLACK, email="anna@example.org")
    workspace.has(BEN, email="ben@example.org")
    return workspace


@pytest.fixture
def store(sqlite_url: str, connect_to: Callable[[str], Database]) -> Database:
    database = connect_to(sqlite_url)
    Audits(database).create(request(AUDIT), NOW)
    Reviews(database).open(review(), NOW)
    return database


def review(**rules: Any) -> Review:
    return Review(
        id=ReviewId(f"{AUDIT}/plan/1"),
        audit=AUDIT,
        gate=Gate.PLAN,
        round=1,
        subject=Digest("a" * 64),
        title="Plan",
        requester=Person("user:requester"),
        policy=GatePolicy.model_validate(rules),
        opened_at=NOW,
    )


def asked(store: Database, workspace: FakeWorkspace | None, person: Person, on: Review | None = None) -> Standing:
    return asyncio.run(Directory(store, workspace).standing(person, on or review(), NOW))


def stands_in(store: Database, delegator: Person, delegate: Person, day: int = 0) -> None:
    start = NOW + timedelta(days=day)
    end = start + timedelta(hours=1)
    name = f"{delegator}>{delegate}"
    Delegations(store).add(
        Delegation(id=name, delegator=delegator, delegate=delegate, starts_at=start, ends_at=end), NOW
    )


def test_accounts_with_one_email_are_one_person_with_all_their_roles(store: Database, workspace: FakeWorkspace) -> None:
    People(store).put(Account(person=ANNA, email="Anna@Example.org", roles=("controller",)), NOW)

    standing = asked(store, workspace, ANNA_IN_SLACK)

    assert (standing.own.identities, standing.own.roles, standing.barred) == ((ANNA,), ("controller",), "")


def test_the_requester_is_recognised_behind_another_account(store: Database, workspace: FakeWorkspace) -> None:
    People(store).put(Account(person=ANNA, email="anna@example.org"), NOW)
    asked_in_slack = review().model_copy(update={"requester": ANNA_IN_SLACK})

    standing = asked(store, workspace, ANNA, asked_in_slack)

    assert ANNA_IN_SLACK in standing.own.everyone


@pytest.mark.parametrize("kind", [kind for kind in AccountKind if kind is not AccountKind.MEMBER])
def test_only_members_decide(store: Database, workspace: FakeWorkspace, kind: AccountKind) -> None:
    workspace.has(BEN, kind)

    assert kind.value in asked(store, workspace, BEN).barred


def test_a_deactivated_account_gives_its_roles_to_nobody(store: Database, workspace: FakeWorkspace) -> None:
    gone = Account(person=ANNA, email="anna@example.org", roles=("controller",), kind=AccountKind.DEACTIVATED)
    People(store).put(gone, NOW)

    assert asked(store, workspace, ANNA_IN_SLACK).own.roles == ()


def test_whoever_the_workspace_does_not_know_is_barred_whatever_the_table_says(
    store: Database, workspace: FakeWorkspace
) -> None:
    stranger = Person("slack:T1/GONE")
    People(store).put(Account(person=stranger, roles=("controller",)), NOW)

    assert "not known" in asked(store, workspace, stranger).barred


def test_a_directory_that_is_away_bars(store: Database, workspace: FakeWorkspace) -> None:
    workspace.away = True

    assert "cannot be looked up" in asked(store, workspace, BEN).barred


def test_group_membership_is_asked_for_and_counts_for_every_account(store: Database, workspace: FakeWorkspace) -> None:
    People(store).put(Account(person=ANNA, email="anna@example.org"), NOW)
    asked(store, workspace, ANNA_IN_SLACK)
    workspace.groups["S1"] = frozenset({ANNA_IN_SLACK})

    standing = asked(store, workspace, ANNA, review(user_groups=["S1", "S2"]))

    assert (standing.own.user_groups, standing.unchecked) == (("S1",), ("S2",))


def test_a_delegate_has_what_the_delegator_has(store: Database, workspace: FakeWorkspace) -> None:
    People(store).put(Account(person=ANNA, roles=("controller",)), NOW)
    stands_in(store, ANNA, BEN)

    standing = asked(store, workspace, BEN)

    assert standing.delegators == (Capacity(person=ANNA, roles=("controller",)),)
    assert standing.own.roles == ()


@pytest.mark.parametrize("day", [-1, 1])
def test_a_delegation_holds_on_its_days_only(store: Database, workspace: FakeWorkspace, day: int) -> None:
    stands_in(store, ANNA, BEN, day)

    assert asked(store, workspace, BEN).delegators == ()


def test_a_withdrawn_delegation_is_over(store: Database, workspace: FakeWorkspace) -> None:
    stands_in(store, ANNA, BEN)
    Delegations(store).withdraw(f"{ANNA}>{BEN}", ANNA, NOW)

    assert asked(store, workspace, BEN).delegators == ()


def test_delegations_do_not_chain(store: Database, workspace: FakeWorkspace) -> None:
    chris = Person("user:chris")
    stands_in(store, chris, ANNA)
    stands_in(store, ANNA, BEN)

    assert [one.person for one in asked(store, workspace, BEN).delegators] == [ANNA]


def test_nobody_stands_in_for_somebody_who_may_not_decide(store: Database, workspace: FakeWorkspace) -> None:
    People(store).put(Account(person=ANNA, kind=AccountKind.DEACTIVATED), NOW)
    stands_in(store, ANNA, BEN)

    assert asked(store, workspace, BEN).delegators == ()


def test_what_a_workspace_tells_leaves_roles_alone(store: Database, workspace: FakeWorkspace) -> None:
    People(store).put(Account(person=BEN, roles=("controller",)), NOW)

    asked(store, workspace, BEN)

    assert People(store).find(BEN) == Account(person=BEN, roles=("controller",), email="ben@example.org")


@dataclass
class Audit:
    """The other end: keeps what arrives."""

    arrived: list[Decision] = field(default_factory=list)

    async def decide(self, decision: Decision) -> Receipt:
        self.arrived.append(decision)
        return Receipt(decision=decision.id, answer=Answer.RECORDED, message="Recorded.")

    async def decide_later(self, decision: Decision) -> None:
        self.arrived.append(decision)


def said(by: Person) -> Decision:
    return Decision(
        id=DecisionId("d1"),
        review=review().id,
        audit=AUDIT,
        gate=Gate.PLAN,
        subject=review().subject,
        person=by,
        verdict=Verdict.APPROVE,
        surface="slack",
        made_at=NOW,
    )


def test_what_the_directory_said_first_is_kept_and_sent_again(store: Database, workspace: FakeWorkspace) -> None:
    inbox, audit = Decisions(store), Audit()
    delivery = AttestedDelivery(audit, store, workspace)
    inbox.receive(said(BEN), NOW)
    asyncio.run(delivery.decide(said(BEN)))
    workspace.has(BEN, AccountKind.DEACTIVATED)

    asyncio.run(delivery.decide(said(BEN)))

    assert [one.standing and one.standing.barred for one in audit.arrived] == ["", ""]
    assert inbox.standing(DecisionId("d1")) == audit.arrived[0].standing


def test_a_process_without_the_workspace_leaves_its_people_to_one_that_has_it(
    store: Database, workspace: FakeWorkspace
) -> None:
    inbox, audit = Decisions(store), Audit()
    kept = asyncio.run(submit(said(BEN), inbox, AttestedDelivery(audit, store)))
    elsewhere = asyncio.run(deliver_pending(inbox, AttestedDelivery(audit, store)))
    here = asyncio.run(deliver_pending(inbox, AttestedDelivery(audit, store, workspace)))

    assert (kept.on_its_way, elsewhere, here, len(audit.arrived)) == (True, 0, 1, 1)


def test_a_redelivered_decision_is_the_same_with_and_without_what_the_directory_said(
    store: Database, workspace: FakeWorkspace
) -> None:
    inbox = Decisions(store)
    asyncio.run(submit(said(BEN), inbox, AttestedDelivery(Audit(), store, workspace)))

    inbox.receive(said(BEN), NOW)

    receipt = inbox.receipt(DecisionId("d1"))
    assert receipt is not None
    assert receipt.answer is Answer.RECORDED
