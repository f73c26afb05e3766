"""Roles, tiers, escalation, hours and undo windows, as people write them in a policy file."""

import re
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.domain.money import Money
from audit_agent.domain.policy import GatePolicy, Policy
from audit_agent.handoff.policy_file import PolicyFileError, load_policy


@pytest.fixture
def policy_of(tmp_path: Path) -> "PolicyOf":
    return PolicyOf(tmp_path / "policy.yaml")


class PolicyOf:
    """Loads a text as a policy file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, text: str) -> Policy:
        self._file.write_text(text, encoding="utf-8")
        return load_policy(self._file)


def euros(amount: str) -> tuple[Money, ...]:
    return (Money(amount=Decimal(amount), currency="EUR"),)


TIERS = """
remediation:
  eligible: [anna]
  quorum: 1
  expire_after: 5d
  tiers:
    - {from: 10000, currency: EUR, quorum: 2}
    - {from: 100000.50, currency: EUR, roles: [director], approval_needs_reason: true}
"""


@pytest.mark.parametrize(
    ("amount", "quorum", "roles"),
    [("9999.99", 1, ()), ("10000", 2, ()), ("100000.49", 2, ()), ("100000.50", 1, ("director",)), ("-20000", 2, ())],
)
def test_an_amount_falls_under_the_highest_tier_it_reaches(
    policy_of: PolicyOf, amount: str, quorum: int, roles: tuple[str, ...]
) -> None:
    rules = policy_of(TIERS).remediation.for_amounts(euros(amount))

    assert (rules.quorum, rules.roles) == (quorum, roles)


def test_a_tier_takes_from_its_gate_what_it_does_not_say(policy_of: PolicyOf) -> None:
    rules = policy_of(TIERS).remediation.for_amounts(euros("10000"))

    assert (rules.eligible, rules.expire_after, rules.tiers) == (("user:anna",), timedelta(days=5), ())


def test_tiers_for_every_gate_take_each_gates_own_rules(policy_of: PolicyOf) -> None:
    policy = policy_of(
        """
        every_gate: {eligible: [anna], tiers: [{from: 10, currency: EUR, quorum: 2}]}
        report: {eligible: [dora]}
        """
    )

    assert [gate.for_amounts(euros("10")).eligible for gate in (policy.findings, policy.report)] == [
        ("user:anna",),
        ("user:dora",),
    ]
    assert policy.plan.tiers == ()


def test_a_tier_that_names_a_role_does_not_keep_the_people_of_its_gate(policy_of: PolicyOf) -> None:
    assert policy_of(TIERS).remediation.for_amounts(euros("200000")).eligible == ()


def test_an_amount_in_a_currency_without_tiers_falls_under_the_last_one(policy_of: PolicyOf) -> None:
    rules = policy_of(TIERS).remediation.for_amounts((*euros("1"), Money(amount=Decimal(5), currency="USD")))

    assert rules.roles == ("director",)


def test_without_an_amount_the_gates_own_rules_hold(policy_of: PolicyOf) -> None:
    assert policy_of(TIERS).remediation.for_amounts(()).quorum == 1


def test_naming_a_role_does_not_leave_the_gate_to_anyone() -> None:
    assert GatePolicy(roles=("controller",)).eligible == ()


def test_levels_of_escalation_widen_the_circle_one_by_one(policy_of: PolicyOf) -> None:
    rules = policy_of(
        """
        every_gate: {escalate_after: 3d, escalate_to: [nobody]}
        report:
          eligible: [anna]
          escalation:
            - {after: 1d, people: [ben]}
            - {after: 2d, roles: [partner], user_groups: [S0AUDIT]}
        """
    ).report

    assert [rules.circle(level).addressees() for level in range(3)] == [
        ("user:anna",),
        ("user:anna", "user:ben"),
        ("user:anna", "user:ben", "role:partner", "group:S0AUDIT"),
    ]


def test_business_hours_are_read_as_people_write_them(policy_of: PolicyOf) -> None:
    hours = policy_of(
        """
        plan:
          business_hours: {time_zone: Europe/Berlin, country: DE-BY, hours: "8:30-16:00", days: [Mon, tuesday, wed]}
        """
    ).plan.business_hours

    assert hours is not None
    assert (hours.opens, hours.closes, hours.days, hours.country) == (time(8, 30), time(16), (1, 2, 3), "DE-BY")


def test_decisions_in_slack_can_be_undone_for_a_minute_unless_the_policy_says_otherwise(policy_of: PolicyOf) -> None:
    policy = policy_of("report: {undo_window: 5m}")

    assert [policy.plan.undo_window_on(surface) for surface in ("slack", "terminal")] == [
        timedelta(minutes=1),
        timedelta(0),
    ]
    assert [policy.report.undo_window_on(surface) for surface in ("slack", "terminal")] == [timedelta(minutes=5)] * 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("plan: {tiers: [{from: 1, currency: EUR}]}", "plan.tiers: a plan has no amount"),
        ("report: {tiers: [{from: much, currency: EUR}]}", "report.tiers.0.from: 'much' is no amount"),
        ("report: {tiers: [{from: 1}]}", "report.tiers.0.currency"),
        ("report: {tiers: [{from: 1, currency: EUR, qorum: 2}]}", "report.tiers.0.rules.qorum: unknown field"),
        ("report: {tiers: [{from: 2, currency: EUR}, {from: 1, currency: EUR}]}", "from the lowest amount"),
        ("report: {tiers: 3}", "report.tiers: must be a list"),
        ("report: {eligible: []}", "report: nobody may decide"),
        ("report: {escalation: [{after: 2d}, {after: 1d}]}", "must come after the one before"),
        ("report: {escalation: [{after: 20d}]}", "must be over before expire_after"),
        ("report: {escalation: [{after: 1d}], escalate_to: [ben]}", "not both"),
        ("report: {escalation: [{after: 1d, persons: [ben]}]}", "report.escalation.0.persons: unknown field"),
        ("report: {business_hours: {time_zone: Europe/Berln}}", "report.business_hours.time_zone: 'Europe/Berln'"),
        (
            "report: {business_hours: {time_zone: UTC, country: XX}}",
            "report.business_hours.country: No public holidays",
        ),
        ("report: {business_hours: {time_zone: UTC, hours: all day}}", "report.business_hours.hours: 'all day'"),
        ("report: {business_hours: {time_zone: UTC, days: [noday]}}", "report.business_hours.days: nod"),
        ("report: {business_hours: {time_zone: UTC, lunch: 12}}", "report.business_hours.lunch: unknown field"),
        ("report: {undo_window: 2d}", "report.undo_window"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named_by_its_path(policy_of: PolicyOf, text: str, named: str) -> None:
    with pytest.raises(PolicyFileError) as error:
        policy_of(text)

    assert named in error.value.message


def test_a_policy_with_everything_survives_being_written_down(policy_of: PolicyOf) -> None:
    policy = policy_of(TIERS)

    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_every_example_of_the_policy_page_is_a_policy(policy_of: PolicyOf) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "policy.md"
    examples = re.findall(r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    assert len(examples) == 7
    for example in examples:
        policy_of(example)
