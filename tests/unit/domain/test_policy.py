"""Policies that would lock everybody out."""

from typing import Any

import pytest

from audit_agent.domain.ids import Person
from audit_agent.domain.policy import ANYONE, GatePolicy, NobodyCanApproveError, Policy

ANNA, BERT, REQUESTER = (Person(f"user:{name}") for name in ("anna", "bert", "requester"))


@pytest.mark.parametrize(
    "rules",
    [
        {"eligible": (REQUESTER,)},
        {"eligible": (ANNA,), "quorum": 2},
        {"eligible": (ANNA, REQUESTER), "quorum": 2},
        {"tiers": ({"from_amount": "1000", "currency": "EUR", "rules": {"eligible": (REQUESTER,)}},)},
    ],
    ids=["only the requester", "fewer than the quorum", "the requester counted", "a tier only for the requester"],
)
def test_a_gate_nobody_can_pass_is_named(rules: dict[str, Any]) -> None:
    policy = Policy(findings=GatePolicy(**rules))

    with pytest.raises(NobodyCanApproveError, match="the findings gate"):
        policy.must_allow_approval(REQUESTER)


@pytest.mark.parametrize(
    "rules",
    [
        {"eligible": (ANYONE,), "quorum": 5},
        {"eligible": (ANNA, BERT), "quorum": 2},
        {"eligible": (REQUESTER,), "requester_may_approve": True},
        {"eligible": (), "escalate_to": (ANNA,)},
        {"roles": ("partner",)},
    ],
    ids=["anyone", "as many as the quorum", "the requester allowed", "once it is escalated", "whoever has a role"],
)
def test_a_gate_that_enough_people_can_pass_is_a_policy(rules: dict[str, Any]) -> None:
    Policy(findings=GatePolicy(**rules)).must_allow_approval(REQUESTER)
