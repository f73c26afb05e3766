"""People and delegations on both kinds of database."""

from datetime import UTC, datetime, timedelta

import pytest

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.directory import Account, Capacity, Standing
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import DecisionId, Person
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.delegations import DelegationNotFoundError, Delegations
from audit_agent.store.people import People, PersonNotFoundError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANNA, BEN = Person("user:anna"), Person("slack:T1/BEN")


def delegation(name: str, start: datetime = NOW) -> Delegation:
    return Delegation(id=name, delegator=ANNA, delegate=BEN, starts_at=start, ends_at=start + DAY)


def test_an_account_comes_back_as_it_was_put(database: Database) -> None:
    account = Account(person=ANNA, email="Anna@Example.org", roles=("a", "b"), time_zone="Europe/Berlin", country="DE")

    People(database).put(account, NOW)

    assert People(database).find(ANNA) == account


def test_accounts_are_found_by_email_however_it_is_cased_and_by_role(database: Database) -> None:
    people = People(database)
    people.put(Account(person=ANNA, email="Anna@Example.org", roles=("controller",)), NOW)
    people.put(Account(person=BEN), NOW)

    assert [one.person for one in people.with_email("anna@EXAMPLE.org ")] == [ANNA]
    assert [one.person for one in people.with_roles(["controller", "partner"])] == [ANNA]
    assert people.with_email("") == ()


def test_nobody_is_forgotten_twice(database: Database) -> None:
    People(database).put(Account(person=ANNA), NOW)
    People(database).remove(ANNA)

    with pytest.raises(PersonNotFoundError):
        People(database).remove(ANNA)


def test_a_delegation_is_in_force_from_its_start_until_before_its_end(database: Database) -> None:
    delegations = Delegations(database)
    delegations.add(delegation("d"), NOW)

    found = [len(delegations.to([BEN], NOW + offset)) for offset in (-DAY / 2, DAY * 0, DAY / 2, DAY)]

    assert found == [0, 1, 1, 0]


def test_a_withdrawn_delegation_keeps_what_it_was_until_then(database: Database) -> None:
    delegations = Delegations(database)
    delegations.add(delegation("d"), NOW)

    delegations.withdraw("d", ANNA, NOW + DAY / 2)
    delegations.withdraw("d", ANNA, NOW + DAY)

    assert [len(delegations.to([BEN], NOW + offset)) for offset in (DAY / 4, DAY / 2)] == [1, 0]
    assert delegations.all()[0].withdrawn_at == NOW + DAY / 2


def test_nobody_withdraws_the_delegation_of_another(database: Database) -> None:
    Delegations(database).add(delegation("d"), NOW)

    with pytest.raises(DelegationNotFoundError):
        Delegations(database).withdraw("d", BEN, NOW)


def test_what_the_directory_said_needs_a_decision_to_belong_to(database: Database) -> None:
    with pytest.raises(NotFoundError):
        Decisions(database).attest(DecisionId("none"), Standing(own=Capacity(person=ANNA)))
