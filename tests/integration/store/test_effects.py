"""Effects, holds, publications and leases: done once, undone once, fenced in between."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.finding import Hold
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Digest
from audit_agent.store.database import Database
from audit_agent.store.effects import Effects
from audit_agent.store.errors import EffectUndoneError
from audit_agent.store.holds import Holds
from audit_agent.store.leases import Leases
from audit_agent.store.publications import Publications
from audit_agent.store.reading import audit_status
from audit_agent.store.words import EffectState, HoldState

HOLDS = EffectKind.PAYMENT_HOLDS
Digests = Callable[[str], Digest]


def _state(database: Database, audit: AuditId) -> EffectState:
    return audit_status(database, audit).effects[0].state


def test_an_effect_is_reserved_then_done_however_often_it_is_said(
    database: Database, audit: AuditId, at: datetime
) -> None:
    effects = Effects(database)
    for _ in range(2):
        effects.reserve(audit, HOLDS, "2 holds", at)
        effects.settle(audit, HOLDS, "2 holds placed", at)

    effect = effects.effects(audit)[0]
    assert (effect.state, effect.detail, effect.done_at) == (EffectState.DONE, "2 holds placed", at)


def test_an_effect_being_undone_cannot_be_done_any_more(database: Database, audit: AuditId, at: datetime) -> None:
    effects = Effects(database)
    effects.reserve(audit, HOLDS, "2 holds", at)

    assert effects.begin_undo(audit, HOLDS, "rejected", at)

    with pytest.raises(EffectUndoneError, match="payment holds of AUD-2026-0001 must not be done any more"):
        effects.reserve(audit, HOLDS, "2 holds", at)
    with pytest.raises(EffectUndoneError):
        effects.settle(audit, HOLDS, "2 holds placed", at)


def test_undoing_what_was_never_begun_has_nothing_to_do_and_fences_it(
    database: Database, audit: AuditId, at: datetime
) -> None:
    effects = Effects(database)

    assert not effects.begin_undo(audit, HOLDS, "rejected", at)

    with pytest.raises(EffectUndoneError):
        effects.reserve(audit, HOLDS, "2 holds", at)


def test_an_effect_is_undone_once(database: Database, audit: AuditId, at: datetime) -> None:
    effects = Effects(database)
    effects.settle(audit, HOLDS, "placed", at)
    effects.begin_undo(audit, HOLDS, "rejected", at)
    for _ in range(2):
        effects.finish_undo(audit, HOLDS, "released", at)

    assert _state(database, audit) is EffectState.UNDONE
    assert not effects.begin_undo(audit, HOLDS, "rejected", at)


def test_undoing_that_is_begun_again_goes_on(database: Database, audit: AuditId, at: datetime) -> None:
    effects = Effects(database)
    effects.settle(audit, HOLDS, "placed", at)
    effects.begin_undo(audit, HOLDS, "rejected", at)

    assert effects.begin_undo(audit, HOLDS, "rejected", at)


def test_undoing_must_be_begun_before_it_is_finished(database: Database, audit: AuditId, at: datetime) -> None:
    Effects(database).settle(audit, HOLDS, "placed", at)

    with pytest.raises(ValueError, match="call begin_undo first"):
        Effects(database).finish_undo(audit, HOLDS, "released", at)


def test_a_stuck_effect_shows_its_error_and_can_be_tried_again(
    database: Database, audit: AuditId, at: datetime
) -> None:
    effects = Effects(database)
    effects.settle(audit, HOLDS, "placed", at)
    for error in ("the payment system refuses", "the payment system is away"):
        effects.begin_undo(audit, HOLDS, "rejected", at)
        effects.stuck(audit, HOLDS, error, at)
        effects.stuck(audit, HOLDS, error, at)

    effect = effects.effects(audit)[0]
    assert (effect.state, effect.error) == (EffectState.STUCK, "the payment system is away")
    assert effects.begin_undo(audit, HOLDS, "mended", at)


def test_a_hold_comes_back_with_its_exact_amount(database: Database, audit: AuditId, at: datetime, hold: Hold) -> None:
    Holds(database).reserve(audit, hold, at)

    registered = Holds(database).holds(audit)[0]

    assert registered.hold == hold
    assert str(registered.hold.amount) == "12345678901234.5600"


def test_a_hold_is_placed_once(database: Database, audit: AuditId, at: datetime, hold: Hold) -> None:
    holds = Holds(database)
    assert holds.reserve(audit, hold, at) is HoldState.RESERVED
    holds.place(audit, hold.key, "PS-1", at)

    assert holds.reserve(audit, hold, at) is HoldState.PLACED
    holds.place(audit, hold.key, "PS-2", at + timedelta(seconds=1))

    registered = holds.holds(audit)[0]
    assert (registered.reference, registered.placed_at) == ("PS-1", at)


def test_a_hold_is_released_once_and_not_placed_again(
    database: Database, audit: AuditId, at: datetime, hold: Hold
) -> None:
    holds = Holds(database)
    holds.reserve(audit, hold, at)
    holds.place(audit, hold.key, "PS-1", at)

    assert holds.begin_release(audit, hold.key, at)
    with pytest.raises(EffectUndoneError, match="must not be placed any more"):
        holds.place(audit, hold.key, "PS-1", at)
    holds.release(audit, hold.key, at)

    assert not holds.begin_release(audit, hold.key, at)
    assert [entry.state for entry in holds.holds(audit)] == [HoldState.RELEASED]


def test_no_hold_is_added_once_the_audits_holds_are_being_undone(
    database: Database, audit: AuditId, at: datetime, hold: Hold
) -> None:
    Effects(database).begin_undo(audit, HOLDS, "cancelled", at)

    with pytest.raises(EffectUndoneError):
        Holds(database).reserve(audit, hold, at)


def test_a_hold_that_was_not_reserved_cannot_be_placed(database: Database, audit: AuditId, at: datetime) -> None:
    with pytest.raises(NotFoundError, match="has no payment hold F-09"):
        Holds(database).place(audit, "F-09", "PS-1", at)


def test_published_workpapers_are_there_until_they_are_withdrawn(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    publications = Publications(database)
    papers = {StepId("S01"): some_digest("one"), StepId("S02"): some_digest("two")}
    publications.publish_workpapers(audit, papers, at)
    publications.publish_workpapers(audit, papers, at)
    assert publications.published_workpapers(audit) == papers

    assert publications.withdraw_workpapers(audit, at) == 2
    assert publications.withdraw_workpapers(audit, at) == 0
    assert publications.published_workpapers(audit) == {}


def test_workpapers_being_withdrawn_are_not_published(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    Effects(database).begin_undo(audit, EffectKind.WORKPAPERS, "rejected", at)

    with pytest.raises(EffectUndoneError):
        Publications(database).publish_workpapers(audit, {StepId("S01"): some_digest("one")}, at)


def test_the_report_is_the_version_that_was_published(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    publications = Publications(database)
    publications.draft_report(audit, 1, some_digest("v1"), at)
    publications.draft_report(audit, 2, some_digest("v2"), at)
    for _ in range(2):
        publications.publish_report(audit, some_digest("v2"), some_digest("v2 signed"), at)

    assert publications.report(audit) == some_digest("v2 signed")


def test_a_withdrawn_report_is_no_report_and_stays_withdrawn(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    publications = Publications(database)
    publications.draft_report(audit, 1, some_digest("v1"), at)
    publications.publish_report(audit, some_digest("v1"), some_digest("v1 signed"), at)

    assert publications.withdraw_report(audit, at)
    assert not publications.withdraw_report(audit, at)
    with pytest.raises(EffectUndoneError, match="was withdrawn"):
        publications.publish_report(audit, some_digest("v1"), some_digest("v1 signed"), at)

    with pytest.raises(NotFoundError, match="has no published report"):
        publications.report(audit)


def test_the_first_signed_form_of_a_report_stands(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    publications = Publications(database)
    publications.draft_report(audit, 1, some_digest("v1"), at)
    publications.publish_report(audit, some_digest("v1"), some_digest("signed"), at)

    again = publications.publish_report(audit, some_digest("v1"), some_digest("signed later"), at)

    assert again == some_digest("signed")


def test_a_report_that_was_not_drafted_cannot_be_published(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    with pytest.raises(NotFoundError, match="No version of the report"):
        Publications(database).publish_report(audit, some_digest("v1"), some_digest("v1 signed"), at)


def test_books_are_held_until_their_lease_is_released(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    leases = Leases(database)
    leases.take(audit, some_digest("books"), at)
    leases.take(audit, some_digest("books"), at)
    assert leases.holders(some_digest("books")) == (audit,)

    assert leases.release(audit, at)
    assert not leases.release(audit, at)
    assert leases.holders(some_digest("books")) == ()


def test_a_lease_being_released_is_not_taken(
    database: Database, audit: AuditId, at: datetime, some_digest: Digests
) -> None:
    Effects(database).begin_undo(audit, EffectKind.BOOKS_LEASE, "cancelled", at)

    with pytest.raises(EffectUndoneError):
        Leases(database).take(audit, some_digest("books"), at)
