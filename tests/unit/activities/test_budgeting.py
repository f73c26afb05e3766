"""What people are asked when a budget is reached: an amount by rule, or the one they named."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from temporalio.testing import ActivityEnvironment

from audit_agent.activities.budgeting import BudgetActivities
from audit_agent.activities.contract import BudgetDraft, Draft, Publication
from audit_agent.activities.services import Services
from audit_agent.domain.budget import Budget, asked_limit, proposed_limit
from audit_agent.domain.ids import StepId
from audit_agent.domain.ledger import CallRequest, OverBudget, Reserved, StoredAnswer
from audit_agent.domain.money import Money
from audit_agent.domain.record import digest_of
from audit_agent.domain.spend import Tokens
from audit_agent.store.budgets import Budgets
from audit_agent.store.ledger import DatabaseLedger
from tests.unit.activities.test_analysts import AUDIT, ask_for, services

__all__ = ["services"]


@pytest.mark.parametrize(
    ("comment", "amount"),
    [
        ("raise to 50", "50"),
        ("Raise to USD 1,250.50, it is worth it", "1250.50"),
        (" RAISE TO $75", "75"),
        ("raise to 40 USD", "40"),
        ("raise it", None),
        ("please raise to 50", None),
        ("raise to fifty", None),
        ("", None),
    ],
)
def test_an_amount_is_read_out_of_a_comment_that_begins_with_it(comment: str, amount: str | None) -> None:
    assert asked_limit(comment) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(("rest", "proposed"), [(None, "38"), ("0.40", "26"), ("10", "36"), ("1000", "1125")], ids=str)
def test_the_rest_is_proposed_with_a_tenth_to_spare_in_whole_dollars(rest: str | None, proposed: str) -> None:
    budget = Budget(audit=AUDIT, limit=Decimal(25), spent=Decimal(24), reserved=Decimal("0.50"))
    assert proposed_limit(budget, None if rest is None else Decimal(rest)) == Decimal(proposed)


Asks = Callable[..., Draft]


@pytest.fixture
def ask(services: Services) -> Asks:
    """Asks about an audit whose budget of 1 USD went into three of ten documents."""
    ask_for(services, Decimal(1))
    ledger = DatabaseLedger(services.database)
    for number in range(3):
        wish = CallRequest(
            key=digest_of(number),
            model="m",
            prompt="document/v1",
            output="document/1",
            audit=AUDIT,
            purpose=f"document/S05/{number}",
            estimate=Decimal("0.30"),
            lease=10,
        )
        claim = ledger.claim(wish)
        assert isinstance(claim, Reserved)
        answer = StoredAnswer(
            text="{}", stop_reason="", model="m", tokens=Tokens(), cost=Decimal("0.30"), request_id="r"
        )
        ledger.settle(wish.key, claim.reservation, answer)

    def draft(version: int = 1, *comments: str) -> Draft:
        task = BudgetDraft(
            audit=AUDIT, version=version, comments=comments, left="7 documents", step=StepId("S05"), documents=7
        )
        drafted: Draft = ActivityEnvironment().run(BudgetActivities(services).draft_budget, task)
        return drafted

    return draft


def test_people_see_what_was_spent_what_is_left_and_what_it_costs(ask: Asks) -> None:
    draft = ask()

    assert draft.title == "Model calls have reached the budget of 1.00 USD: raise it to 4.00 USD?"
    assert draft.highlights == (
        "Spent: 0.90 USD",
        "Left to do with the model: 7 documents",
        "What that costs: about 2.10 USD",
    )
    assert draft.amounts == (Money(amount=Decimal(4), currency="USD"),)
    assert ask() == draft


def test_an_amount_that_people_name_is_shown_as_they_named_it(ask: Asks) -> None:
    ask()
    assert ask(2, "raise to 2.50").amounts == (Money(amount=Decimal("2.50"), currency="USD"),)


def test_an_amount_that_is_spent_already_is_answered_with_one_that_helps(ask: Asks) -> None:
    draft = ask(1, "raise to 0.50")
    assert draft.highlights[0] == "0.50 USD is spent already, so that 4.00 USD is proposed."
    assert draft.amounts == (Money(amount=Decimal(4), currency="USD"),)


def test_approving_raises_to_exactly_what_was_shown(ask: Asks, services: Services) -> None:
    for _ in range(2):
        agreed = Publication(audit=AUDIT, digest=ask().digest)
        ActivityEnvironment().run(BudgetActivities(services).raise_budget, agreed)

    budget = Budgets(services.database).of(AUDIT)
    assert budget is not None
    assert budget.limit == 4
    assert [(one.before, one.limit) for one in Budgets(services.database).raises(AUDIT)] == [(Decimal(1), Decimal(4))]


def test_nobody_is_asked_about_a_model_whose_price_is_not_known(ask: Asks, services: Services) -> None:
    wish = CallRequest(
        key=digest_of("unpriced"),
        model="somebody-elses",
        prompt="document/v1",
        output="document/1",
        audit=AUDIT,
        purpose="document/S05/9",
        estimate=None,
        lease=10,
    )
    assert isinstance(DatabaseLedger(services.database).claim(wish), OverBudget)

    draft = ask()

    assert draft.nothing_to_decide
    assert "price of somebody-elses is not known" in draft.title
