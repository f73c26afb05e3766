"""`people`, `delegations` and `undo` on the terminal."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.cli.conftest import Office, Say

TODAY = datetime.now(UTC).date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=2)


def test_a_person_is_kept_shown_and_forgotten(office: Office, say: Say) -> None:
    set_ = say("people", "set", "anna", "--email", "anna@example.org", "--role", "controller", "--country", "DE-BY")
    listed = say("people", "list", "--json")
    removed = say("people", "remove", "anna")

    assert (set_.code, removed.code) == (0, 0)
    assert [(one["person"], one["roles"], one["country"]) for one in listed.data] == [
        ("user:anna", ["controller"], "DE-BY")
    ]
    assert "Nobody is known" in say("people", "list").out


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--time-zone", "Europe/Berln", "is no time zone"),
        ("--country", "XX", "No public holidays"),
        ("--kind", "x", ""),
    ],
)
def test_a_person_with_a_place_nobody_knows_is_refused(
    office: Office, say: Say, option: str, value: str, told: str
) -> None:
    said = say("people", "set", "anna", option, value)

    assert said.code == 2
    assert told in said.err


def test_nobody_is_forgotten_who_was_not_known(office: Office, say: Say) -> None:
    assert say("people", "remove", "ben").code == 3


def test_without_a_database_the_lists_are_empty(home: object, say: Say) -> None:
    assert (say("people", "list", "--json").data, say("delegations", "list", "--json").data) == ([], [])


def test_a_delegation_is_made_shown_and_withdrawn(office: Office, say: Say) -> None:
    made = say("delegations", "add", "ben", TODAY.isoformat(), TOMORROW.isoformat(), "--json").data
    listed = say("delegations", "list").out
    withdrawn = say("delegations", "withdraw", made["id"])

    assert (made["delegator"], made["delegate"]) == ("user:anna", "user:ben")
    assert "in force" in listed
    assert withdrawn.code == 0
    assert "Nobody stands in" in say("delegations", "list").out
    assert "withdrawn" in say("delegations", "list", "--all").out


def test_only_the_delegator_withdraws(office: Office, say: Say) -> None:
    made = say("delegations", "add", "ben", TODAY.isoformat(), TOMORROW.isoformat(), "--json").data

    assert say("delegations", "withdraw", made["id"], "--as", "ben").code == 3


@pytest.mark.parametrize(
    ("who", "first", "last"),
    [
        ("ben", "soon", TODAY.isoformat()),
        ("ben", TOMORROW.isoformat(), TODAY.isoformat()),
        ("ben", YESTERDAY.isoformat(), YESTERDAY.isoformat()),
        ("anna", TODAY.isoformat(), TOMORROW.isoformat()),
    ],
    ids=["no day", "backwards", "over", "oneself"],
)
def test_a_delegation_that_makes_no_sense_is_bad_usage(
    office: Office, say: Say, who: str, first: str, last: str
) -> None:
    said = say("delegations", "add", who, first, last)

    assert (said.code, "Error:" in said.err) == (2, True)
