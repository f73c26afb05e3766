"""Who works on an audit, given its budget and what model calls have cost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent import bootstrap
from audit_agent.activities.analysts import analyst_for
from audit_agent.activities.services import Services
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.ledger import CallRequest, Reserved, StoredAnswer
from audit_agent.domain.record import digest_of
from audit_agent.domain.spend import Tokens
from audit_agent.programs.loader import load_program
from audit_agent.settings import Settings
from audit_agent.store.audits import Audits
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.notifications import Notifications

AUDIT = AuditId("AUD-2026-0001")
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(home=tmp_path, analyst="offline")
    wired = bootstrap.services(settings)
    wired.database.upgrade()
    yield wired
    wired.database.close()


def ask_for(services: Services, budget: Decimal | None) -> None:
    request = AuditRequest(
        audit=AUDIT,
        program=load_program("general"),
        books="/books",
        budget=budget,
        requester=Person("user:somebody"),
        requested_at=NOW,
    )
    Audits(services.database).create(request, NOW)


def reserve(services: Services, estimate: Decimal) -> str:
    wish = CallRequest(
        key=digest_of("call"),
        model="m",
        prompt="p/v1",
        output="o/1",
        audit=AUDIT,
        purpose="plan/1",
        estimate=estimate,
        lease=10,
    )
    claim = DatabaseLedger(services.database).claim(wish)
    assert isinstance(claim, Reserved)
    return claim.reservation


def pay(services: Services, cost: Decimal) -> None:
    answer = StoredAnswer(text="{}", stop_reason="end_turn", model="m", tokens=Tokens(), cost=cost, request_id="r")
    DatabaseLedger(services.database).settle(digest_of("call"), reserve(services, min(cost, Decimal(5))), answer)


@pytest.mark.parametrize("cost", ["0", "4.99"])
def test_within_its_budget_an_audit_keeps_its_analyst(services: Services, cost: str) -> None:
    ask_for(services, Decimal(5))
    pay(services, Decimal(cost))

    assert analyst_for(services, AUDIT) is services.analyst


@pytest.mark.parametrize("cost", ["5", "7.50"], ids=["reached", "passed"])
def test_once_the_budget_is_spent_the_rules_take_over(services: Services, cost: str) -> None:
    ask_for(services, Decimal(5))
    pay(services, Decimal(cost))

    assert analyst_for(services, AUDIT) is services.rules


def test_a_call_that_may_have_been_billed_counts_against_the_budget(services: Services) -> None:
    ask_for(services, Decimal(5))
    DatabaseLedger(services.database).lose(digest_of("call"), reserve(services, Decimal(5)), "the line broke")

    assert analyst_for(services, AUDIT) is services.rules


def test_without_a_budget_nothing_is_counted(services: Services) -> None:
    ask_for(services, None)
    pay(services, Decimal(1_000))

    assert analyst_for(services, AUDIT) is services.analyst


def test_whoever_asked_for_the_audit_is_told_once_when_most_of_the_budget_is_spent(services: Services) -> None:
    ask_for(services, Decimal(5))
    pay(services, Decimal(4))
    for _ in range(2):
        analyst_for(services, AUDIT)

    [told] = Notifications(services.database).of(AUDIT)
    assert (told.kind, told.to) == ("budget.warned", (Person("user:somebody"),))
    assert told.text == "Model calls of AUD-2026-0001 have cost USD 4.00 of the budget of USD 5.00."
