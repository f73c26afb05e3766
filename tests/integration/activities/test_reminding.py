"""Reminders of a review: each person within the hours of where they are."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest

from audit_agent.activities.reminding import Course, expanded, reminders
from audit_agent.domain.business_time import BusinessHours
from audit_agent.domain.directory import Account
from audit_agent.domain.ids import AuditId, Person, ReviewId
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Review
from audit_agent.store.database import Database
from audit_agent.store.people import People

THURSDAY_BEFORE_EASTER = datetime(2026, 4, 2, 15, tzinfo=UTC)
ANNA, BEN, CHRIS = Person("user:anna"), Person("user:ben"), Person("user:chris")


@pytest.fixture
def store(sqlite_url: str, connect_to: Callable[[str], Database]) -> Database:
    return connect_to(sqlite_url)


def course(hours: BusinessHours | None) -> Course:
    review = Review(
        id=ReviewId("AUD-2026-0001/plan/1"),
        audit=AuditId("AUD-2026-0001"),
        gate=Gate.PLAN,
        round=1,
        subject=Digest("a" * 64),
        title="Plan",
        requester=Person("user:requester"),
        policy=GatePolicy(eligible=(ANNA, BEN), roles=("controller",), reminders=1, business_hours=hours),
        opened_at=THURSDAY_BEFORE_EASTER,
    )
    return Course(review.policy, review.policy.circle(0).addressees(), review.opened_at, review.expires_at)


def test_without_business_hours_the_plain_rhythm_holds(store: Database) -> None:
    assert reminders(course(None), People(store)) is None


def test_everybody_is_reminded_when_it_is_day_where_they_are(store: Database) -> None:
    people = People(store)
    people.put(Account(person=BEN, time_zone="America/New_York", country="US"), THURSDAY_BEFORE_EASTER)

    planned = reminders(course(BusinessHours(time_zone="Europe/Berlin", country="DE", opens=time(9))), people)

    assert planned is not None
    assert [(one.to, one.at) for one in planned] == [
        ((BEN,), THURSDAY_BEFORE_EASTER + timedelta(days=1)),
        ((ANNA, "role:controller"), datetime(2026, 4, 7, 7, tzinfo=UTC)),
    ]


def test_in_a_zone_nobody_knows_the_policys_own_hours_hold(store: Database) -> None:
    people = People(store)
    people.put(Account(person=BEN, time_zone="Atlantis/Capital"), THURSDAY_BEFORE_EASTER)

    planned = reminders(course(BusinessHours(time_zone="Europe/Berlin")), people)

    assert planned is not None
    assert [one.to for one in planned] == [(ANNA, BEN, "role:controller")]


def test_a_role_is_told_to_everybody_who_has_it(store: Database) -> None:
    people = People(store)
    people.put(Account(person=CHRIS, roles=("controller",)), THURSDAY_BEFORE_EASTER)

    told = expanded((ANNA, Person("role:controller"), Person("group:S1")), people)

    assert told == (ANNA, "group:S1", CHRIS)
