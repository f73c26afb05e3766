"""Whatever a ledger holds: steps, findings, kinds of work, models and documents each add up to it, token by token."""

import random
from collections.abc import Iterable
from decimal import Decimal

import pytest

from audit_agent.domain.ledger import CallRequest, Reserved, StoredAnswer
from audit_agent.domain.record import digest_of
from audit_agent.domain.spend import AS_A_WHOLE, SpendLine, SpendSummary, Tokens, by_finding
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger

AUDIT, OTHER = "AUD-2026-0001", "AUD-2026-0002"
STEPS = ("S01", "S02", "S10")


@pytest.fixture
def ledger(sqlite_database: Database) -> DatabaseLedger:
    return DatabaseLedger(sqlite_database)


def purposes(chance: random.Random) -> str:
    step, number = chance.choice(STEPS), chance.randint(1, 6)
    return chance.choice(
        (
            f"document/{step}/{number}",
            f"document/{step}/{number}/repair",
            f"investigation/{step}-I{number:02d}/{chance.randint(1, 3)}",
            f"finding/{step}",
            f"finding/{step}/repair",
            f"plan/{number}",
            "report/summary",
        )
    )


def fill(ledger: DatabaseLedger, chance: random.Random) -> tuple[int, Tokens]:
    """Calls of two audits in every state; how many were billed in all, and their tokens."""
    calls, tokens = 0, Tokens()
    for number in range(60):
        priced = chance.random() < 0.9
        wish = CallRequest(
            key=digest_of(chance.randint(0, 50)),
            model=chance.choice(("m", "n")),
            prompt="p/v1",
            output="o/1",
            audit=chance.choice((AUDIT, AUDIT, OTHER)),
            purpose=purposes(chance),
            estimate=Decimal("0.25") if priced else None,
            lease=chance.choice((30, -1)),
        )
        claim = ledger.claim(wish)
        if not isinstance(claim, Reserved):
            continue
        match chance.choice(("settle", "settle", "settle", "release", "lose", "abandon")):
            case "settle":
                spent = Tokens(**{kind: chance.randint(0, 9_999) for kind in Tokens.model_fields})
                cost = Decimal(chance.randint(0, 10**9)) / 10**12 if priced else None
                ledger.settle(wish.key, claim.reservation, answer(spent, cost, number))
                calls, tokens = calls + 1, tokens + spent
            case "release":
                ledger.release(wish.key, claim.reservation, "busy")
            case "lose":
                ledger.lose(wish.key, claim.reservation, "lost")
    return calls, tokens


def answer(tokens: Tokens, cost: Decimal | None, number: int) -> StoredAnswer:
    return StoredAnswer(
        text="{}", stop_reason="end_turn", model="m", tokens=tokens, cost=cost, request_id=f"req_{number}"
    )


def added_up(lines: Iterable[SpendLine]) -> SpendLine:
    return sum(lines, SpendLine(name="total"))


@pytest.mark.parametrize("seed", range(12))
def test_every_way_to_look_at_it_adds_up_to_the_ledger(ledger: DatabaseLedger, seed: int) -> None:
    chance = random.Random(seed)
    calls, tokens = fill(ledger, chance)

    spends = [ledger.spend(AUDIT), ledger.spend(OTHER)]

    totals = [spend.total for spend in spends]
    assert (sum(total.calls for total in totals), totals[0].tokens + totals[1].tokens) == (calls, tokens)
    for spend in spends:
        findings = [(f"F-{number:02d}", step) for number, step in enumerate(chance.sample(STEPS, 2), 1)]
        for lines in (spend.by_model, spend.by_step, spend.by_purpose, by_finding(spend.by_step, findings)):
            assert added_up(lines) == spend.total
        documents_add_up(ledger, spend)


def documents_add_up(ledger: DatabaseLedger, spend: SpendSummary) -> None:
    groups = {line.name: line for line in spend.by_purpose}
    for step in STEPS:
        group = groups.get(f"document/{step}", SpendLine(name="none"))
        each = ledger.document_spend(spend.audit, step)
        assert added_up(each) == group.model_copy(update={"name": "total"})


def line(name: str, calls: int) -> SpendLine:
    return SpendLine(name=name, calls=calls)


def test_a_finding_bears_what_its_step_cost_and_the_rest_is_the_audits() -> None:
    steps = (line("S01", 1), line("S02", 2), line("S03", 4), line(AS_A_WHOLE, 8))

    shared = by_finding(steps, [("F-01", "S02"), ("F-02", "S03"), ("F-03", "S03")])

    assert [(one.name, one.calls) for one in shared] == [("F-01", 2), ("F-02", 4), (AS_A_WHOLE, 9)]


def test_ten_thousand_documents_are_one_line(ledger: DatabaseLedger) -> None:
    for number in range(40):
        wish = CallRequest(
            key=digest_of(number),
            model="m",
            prompt="p/v1",
            output="o/1",
            audit=AUDIT,
            purpose=f"document/S05/{number}",
            estimate=Decimal(1),
            lease=30,
        )
        claim = ledger.claim(wish)
        assert isinstance(claim, Reserved)
        ledger.settle(wish.key, claim.reservation, answer(Tokens(input=1), Decimal("0.01"), number))

    spend = ledger.spend(AUDIT)

    assert [(one.name, one.calls) for one in spend.by_purpose] == [("document/S05", 40)]
    assert [one.name for one in ledger.document_spend(AUDIT, "S05")][:3] == ["0", "1", "2"]
