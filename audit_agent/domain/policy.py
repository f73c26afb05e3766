"""Who may decide what, by when, and what happens when nobody does."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from audit_agent.domain.business_time import BusinessHours
from audit_agent.domain.directory import Capacity
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person
from audit_agent.domain.money import Money
from audit_agent.domain.record import Record
from audit_agent.domain.wording import counted

ANYONE = Person("*")

UNDO_WINDOWS = {"slack": timedelta(seconds=60)}
"""How long a decision can be undone where the policy does not say, by surface. A thumb slips more than a command."""


class NobodyCanApproveError(BadInputError):
    """A gate's rules leave too few people who may approve: its review could only expire."""


class Gate(StrEnum):
    """A point where people must decide."""

    PLAN = "plan"
    BUDGET = "budget"
    FINDINGS = "findings"
    REMEDIATION = "remediation"
    REPORT = "report"

    @property
    def verb(self) -> str:
        """`is`, or `are` where the subject is plural: the findings are approved."""
        return "are" if self is Gate.FINDINGS else "is"

    @property
    def past_verb(self) -> str:
        """`was`, or `were` where the subject is plural."""
        return "were" if self is Gate.FINDINGS else "was"


class Circle(Record):
    """People, named one by one, by role, or by user group of a workspace."""

    people: tuple[Person, ...] = ()
    roles: tuple[str, ...] = ()
    user_groups: tuple[str, ...] = ()

    def admits(self, who: Capacity) -> bool:
        """Whether somebody belongs to the circle in that capacity."""
        return (
            ANYONE in self.people
            or not who.everyone.isdisjoint(self.people)
            or not set(self.roles).isdisjoint(who.roles)
            or not set(self.user_groups).isdisjoint(who.user_groups)
        )

    def addressees(self) -> tuple[Person, ...]:
        """Whom to tell: people, `role:NAME` for a role and `group:ID` for a user group."""
        roles = (Person(f"role:{name}") for name in self.roles)
        return (*self.people, *roles, *(Person(f"group:{name}") for name in self.user_groups))

    def joined(self, others: "Iterable[Circle]") -> "Circle":
        """The circle of everybody in this one and in others."""
        circles = (self, *others)
        return Circle(
            people=tuple(dict.fromkeys(one for circle in circles for one in circle.people)),
            roles=tuple(dict.fromkeys(one for circle in circles for one in circle.roles)),
            user_groups=tuple(dict.fromkeys(one for circle in circles for one in circle.user_groups)),
        )


class Escalation(Circle):
    """Who may decide in addition once a review has been open for so long."""

    after: timedelta


class GatePolicy(Record):
    """The rules of one gate. They are copied into a review when it opens and never change after."""

    eligible: tuple[Person, ...] = (ANYONE,)
    """People by name; nobody by name where roles or user groups are given instead."""
    roles: tuple[str, ...] = ()
    user_groups: tuple[str, ...] = ()
    quorum: int = Field(default=1, ge=1, le=20)
    requester_may_approve: bool = False
    preparer_may_approve: bool = True
    """Whether those whose requested changes a version carries may approve it."""
    approval_needs_reason: bool = False
    undo_window: timedelta | None = Field(default=None, ge=timedelta(0), le=timedelta(days=1))
    """How long a decision can be undone, on every surface; None for each surface's own default."""
    remind_every: timedelta = Field(default=timedelta(days=1), ge=timedelta(minutes=1))
    reminders: int = Field(default=5, ge=0, le=100)
    business_hours: BusinessHours | None = None
    """Reminders are sent within these only; None for at any time."""
    escalate_after: timedelta | None = timedelta(days=3)
    escalate_to: tuple[Person, ...] = ()
    """Who may decide in addition once the review is escalated."""
    escalation: tuple[Escalation, ...] = Field(default=(), max_length=10)
    """Several levels, instead of `escalate_after` and `escalate_to`."""
    expire_after: timedelta = Field(default=timedelta(days=14), ge=timedelta(minutes=1))
    tiers: tuple["Tier", ...] = Field(default=(), max_length=20)
    """Other rules from some amount on; empty in a review, which has the rules of its own tier."""

    @model_validator(mode="before")
    @classmethod
    def _leaves_unsaid(cls, fields: Any) -> Any:
        """What names a role does not mean anyone, and what names levels does not mean the single one."""
        if not isinstance(fields, dict):
            return fields
        said = dict(fields)
        if said.get("roles") or said.get("user_groups"):
            said.setdefault("eligible", ())
        if said.get("escalation"):
            said.setdefault("escalate_after", None)
        return said

    @model_validator(mode="after")
    def _somebody_decides(self) -> "GatePolicy":
        if self.circle(len(self.levels)) == Circle():
            raise ValueError("nobody may decide; name eligible people, roles or user_groups")
        return self

    @model_validator(mode="after")
    def _escalates_before_it_expires(self) -> "GatePolicy":
        if self.escalation and (self.escalate_after is not None or self.escalate_to):
            raise ValueError("give escalation, or escalate_after and escalate_to, not both")
        if self.escalate_after is not None and self.escalate_after >= self.expire_after:
            raise ValueError("escalate_after must be shorter than expire_after")
        delays = [level.after for level in self.escalation]
        if delays != sorted(set(delays)):
            raise ValueError("each level of escalation must come after the one before")
        if delays and delays[-1] >= self.expire_after:
            raise ValueError("escalation must be over before expire_after")
        return self

    @model_validator(mode="after")
    def _tiers_rise(self) -> "GatePolicy":
        if any(tier.rules.tiers for tier in self.tiers):
            raise ValueError("a tier cannot have tiers")
        for currency in {tier.currency for tier in self.tiers}:
            amounts = [tier.from_amount for tier in self.tiers if tier.currency == currency]
            if amounts != sorted(set(amounts)):
                raise ValueError(f"list the tiers of {currency} from the lowest amount to the highest")
        return self

    @property
    def levels(self) -> tuple[Escalation, ...]:
        """Escalation level by level."""
        if self.escalation or self.escalate_after is None:
            return self.escalation
        return (Escalation(after=self.escalate_after, people=self.escalate_to),)

    def circle(self, level: int) -> Circle:
        """Who may decide once the review has been escalated so many times."""
        named = Circle(people=self.eligible, roles=self.roles, user_groups=self.user_groups)
        return named.joined(self.levels[:level])

    def missing_people(self, requester: Person) -> int:
        """How many people are too few to reach the quorum, in the tier where most are missing.

        Everybody it may be escalated to is counted in; who has a role or is in a user group cannot be counted, and
        is taken to be enough.
        """
        everybody = self.circle(len(self.levels))
        people = set(everybody.people)
        if not self.requester_may_approve:
            people.discard(requester)
        is_open = ANYONE in everybody.people or everybody.roles or everybody.user_groups
        own = 0 if is_open else max(self.quorum - len(people), 0)
        return max((own, *(tier.rules.missing_people(requester) for tier in self.tiers)))

    def undo_window_on(self, surface: str) -> timedelta:
        """How long a decision made on a surface can be undone."""
        return UNDO_WINDOWS.get(surface, timedelta(0)) if self.undo_window is None else self.undo_window

    def for_amounts(self, amounts: Iterable[Money]) -> "GatePolicy":
        """The rules for a subject of these amounts, one a currency: those of the highest tier any of them reaches.

        An amount in a currency no tier is given in cannot be compared and falls under the last tier.
        """
        if not self.tiers:
            return self
        reached = max((self._reached_by(money) for money in amounts), default=0)
        return self.tiers[reached - 1].rules if reached else self.model_copy(update={"tiers": ()})

    def _reached_by(self, money: Money) -> int:
        """The number of the highest tier an amount reaches, 0 for none."""
        own = [(number, tier) for number, tier in enumerate(self.tiers, 1) if tier.currency == money.currency]
        if not own:
            return len(self.tiers)
        return max((number for number, tier in own if tier.from_amount <= abs(money.amount)), default=0)


class Tier(Record):
    """The rules from an amount on."""

    from_amount: Decimal = Field(gt=0)
    currency: str = Field(pattern="^[A-Z]{3}$")
    rules: GatePolicy


class Policy(Record):
    """The rules of one audit."""

    plan: GatePolicy = GatePolicy()
    budget: GatePolicy = GatePolicy()
    """The plan's rules where it is not given."""
    findings: GatePolicy = GatePolicy()
    remediation: GatePolicy = GatePolicy()
    report: GatePolicy = GatePolicy()
    end_after: timedelta | None = Field(default=None, ge=timedelta(minutes=1))
    """An audit that runs longer than this is ended and everything it did is undone."""

    @model_validator(mode="before")
    @classmethod
    def _who_agrees_to_the_plan_agrees_to_its_cost(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and "plan" in fields:
            return {"budget": fields["plan"], **fields}
        return fields

    @model_validator(mode="after")
    def _plans_have_no_amount(self) -> "Policy":
        if self.plan.tiers:
            raise ValueError("plan.tiers: a plan has no amount that could reach a tier")
        return self

    def gate(self, gate: Gate) -> GatePolicy:
        """The rules of that gate."""
        rules: GatePolicy = getattr(self, gate.value)
        return rules

    def must_allow_approval(self, requester: Person) -> None:
        """Raise NobodyCanApproveError if some gate could never be approved in this requester's audit."""
        for gate in Gate:
            rules = self.gate(gate)
            if rules.missing_people(requester):
                named = ", ".join(rules.eligible) or "nobody"
                raise NobodyCanApproveError(
                    f"The policy lets nobody pass the {gate.value} gate of an audit that {requester} asks for: "
                    f"it needs {counted(rules.quorum, 'approval')}, and names {named}.",
                    "Name more people in its `eligible`, lower its quorum, or set requester_may_approve.",
                )
