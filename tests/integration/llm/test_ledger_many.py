"""Many claims and settlements in one transaction are what they are one by one."""

from audit_agent.domain.ledger import Finished, Reserved, Settlement, Underway
from audit_agent.domain.record import Digest
from audit_agent.domain.spend import SpendSummary
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.integration.llm.test_paid_calls import call_request, stored_answer

KEYS = [Digest(letter * 64) for letter in "dabc"]


def settlements(ledger: DatabaseLedger) -> list[Settlement]:
    """Reserve every key, and answers to them."""
    claims = ledger.claim_all([call_request(key) for key in KEYS])
    reserved = [claim.reservation for claim in claims if isinstance(claim, Reserved)]
    return [
        Settlement(key=key, reservation=one, answer=stored_answer(key)) for key, one in zip(KEYS, reserved, strict=True)
    ]


def test_together_or_one_by_one_the_ledger_adds_up_to_the_same(database: Database) -> None:
    ledger = DatabaseLedger(database)
    together = settlements(ledger)
    stored = ledger.settle_all(together)
    assert [one.text for one in stored] == KEYS
    spent = ledger.spend("AUD-2026-0001")
    assert spent == one_by_one(ledger, spent)


def one_by_one(ledger: DatabaseLedger, like: SpendSummary) -> SpendSummary:
    """The same calls for another audit under other keys, entered singly; told as if it were the first audit's."""
    for letter in "efab":
        request = call_request(Digest(letter * 63 + "0")).model_copy(update={"audit": "AUD-2026-0002"})
        claim = ledger.claim(request)
        assert isinstance(claim, Reserved)
        ledger.settle(request.key, claim.reservation, stored_answer("x"))
    return ledger.spend("AUD-2026-0002").model_copy(update={"audit": like.audit})


def test_what_is_finished_or_under_way_is_told_apart_in_one_go(database: Database) -> None:
    ledger = DatabaseLedger(database)
    first, *_ = settlements(ledger)
    ledger.settle_all([first])
    claims = ledger.claim_all([call_request(key) for key in (first.key, KEYS[1], Digest("e" * 64))])
    assert claims[:2] == [Finished(answer=first.answer), Underway()]
    assert isinstance(claims[2], Reserved)


def test_an_attempt_given_up_for_lost_can_be_stored_among_others(database: Database) -> None:
    ledger = DatabaseLedger(database)
    [slow] = ledger.claim_all([call_request(KEYS[0], lease=-1)])
    [quick] = ledger.claim_all([call_request(KEYS[0])])
    [other] = ledger.claim_all([call_request(KEYS[1])])
    assert isinstance(slow, Reserved)
    assert isinstance(quick, Reserved)
    assert isinstance(other, Reserved)
    stored = ledger.settle_all(
        [
            Settlement(key=KEYS[0], reservation=slow.reservation, answer=stored_answer("slow")),
            Settlement(key=KEYS[1], reservation=other.reservation, answer=stored_answer("other")),
        ]
    )
    ledger.settle(KEYS[0], quick.reservation, stored_answer("quick"))
    total = ledger.spend("AUD-2026-0001").total
    assert [one.text for one in stored] == ["slow", "other"]
    assert (total.calls, total.unknown_calls, ledger.exposure()[0]) == (3, 0, 0)
