"""`spend` and the budget on the terminal."""

from datetime import UTC, datetime
from decimal import Decimal

from audit_agent.domain.budget import BudgetProposal
from audit_agent.domain.ids import AuditId, review_id
from audit_agent.domain.ledger import CallRequest, Reserved, StoredAnswer
from audit_agent.domain.money import Money
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import canonical_json, digest_of
from audit_agent.domain.review import Review
from audit_agent.domain.spend import Tokens
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.reviews import Reviews
from tests.integration.cli.conftest import REQUESTER, Office, Say

NOW = datetime.now(UTC)


def pay(office: Office, audit: AuditId, purpose: str, cost: str) -> None:
    ledger = DatabaseLedger(office.database)
    wish = CallRequest(
        key=digest_of(purpose),
        model="claude-sonnet-5-5",
        prompt="p/v1",
        output="o/1",
        audit=audit,
        purpose=purpose,
        estimate=Decimal(cost),
        lease=30,
    )
    claim = ledger.claim(wish)
    assert isinstance(claim, Reserved)
    tokens = Tokens(input=1000, output=200, cache_read=50)
    answer = StoredAnswer(text="{}", stop_reason="", model="m", tokens=tokens, cost=Decimal(cost), request_id="r")
    ledger.settle(wish.key, claim.reservation, answer)


def test_spend_is_shown_by_step_and_work_with_the_budget(office: Office, say: Say) -> None:
    audit = office.audit(budget=Decimal(5))
    pay(office, audit, "plan/1", "0.50")
    pay(office, audit, "document/S05/1", "0.25")
    pay(office, audit, "document/S05/2", "0.125")

    said = say("spend", audit)

    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert f"{audit}: 3 calls, 0.88 USD" in lines
    assert "Budget 5.00 USD, 4.12 USD left" in lines
    assert "S05 2 2,000 0 100 400 0.375 0 0" in lines
    assert "audit as a whole 1 1,000 0 50 200 0.5 0 0" in lines
    assert "document/S05 2 2,000 0 100 400 0.375 0 0" in lines
    assert "total 3 3,000 0 150 600 0.875 0 0" in lines


def test_spend_as_data_carries_every_table(office: Office, say: Say) -> None:
    audit = office.audit()
    pay(office, audit, "finding/S01", "0.50")

    data = say("spend", audit, "--json").data

    assert (data["budget"], data["spend"]["total"]["cost"]) == (None, "0.5")
    assert [line["name"] for line in data["by_finding"]] == ["audit as a whole"]


def test_the_status_says_how_much_of_the_budget_is_spent(office: Office, say: Say) -> None:
    audit = office.audit(budget=Decimal(5))
    pay(office, audit, "plan/1", "4.50")

    assert "Model calls have cost 4.50 USD of 5.00 USD." in say("status", audit).out


def test_the_budget_gate_says_what_each_word_does(office: Office, say: Say) -> None:
    audit = office.audit(budget=Decimal(5))
    proposal = BudgetProposal(
        audit=audit, version=1, limit=Decimal(5), spent=Decimal(5), rest=None, proposed=Decimal(8), left="9 documents"
    )
    review = Review(
        id=review_id(audit, Gate.BUDGET, 1),
        audit=audit,
        gate=Gate.BUDGET,
        round=1,
        subject=office.evidence.put(canonical_json(proposal)),
        title="Raise it?",
        amounts=(Money(amount=Decimal(8), currency="USD"),),
        requester=REQUESTER,
        policy=GatePolicy(),
        opened_at=NOW,
    )
    Reviews(office.database).open(review, NOW)

    said = say("reviews", audit, "--full").out

    assert f"audit-agent approve {audit} budget --digest" in said
    assert f'audit-agent request-changes {audit} budget --reason "raise to 50"' in said
    assert f'audit-agent reject {audit} budget --reason "REASON"' in said
    assert "Left to do with the model: 9 documents" in said
