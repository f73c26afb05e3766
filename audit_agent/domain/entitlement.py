"""By what right somebody decides or cancels: their own or a delegator's; and the separation of duties."""

from typing import NamedTuple

from audit_agent.domain.directory import TERMINAL, Capacity, Standing
from audit_agent.domain.ids import Person
from audit_agent.domain.policy import ANYONE, Circle, Gate, Policy
from audit_agent.domain.review import Decision, Review, Verdict


class Entitlement(NamedTuple):
    """The right by which a decision counts."""

    clicked_by: frozenset[Person]
    """Every account of whoever decided."""
    on_behalf_of: Person | None
    behind_it: frozenset[Person]
    """Every account of everybody whose voice this is: of whoever decided, and of whom they stand in for."""


def entitlement(review: Review, decision: Decision, level: int) -> Entitlement | str:
    """By what right a decision may be taken at a level of escalation, or in words why by none."""
    standing = decision.standing or Standing(own=Capacity(person=decision.person))
    if why := barred(decision.person, decision.standing):
        return why
    circle = review.policy.circle(level)
    admitted = [capacity for capacity in standing.capacities() if circle.admits(capacity)]
    if not admitted:
        return _not_among(decision.person, standing, circle)
    if decision.verdict is Verdict.APPROVE:
        if conflict := _conflict(review, standing.own):
            return conflict
        conflicts = [_conflict(review, capacity) for capacity in admitted]
        admitted = [capacity for capacity, conflict in zip(admitted, conflicts, strict=True) if not conflict]
        if not admitted:
            return f"{conflicts[0]} That holds for a delegate, too."
    chosen = admitted[0]
    return Entitlement(
        clicked_by=standing.own.everyone,
        on_behalf_of=None if chosen == standing.own else chosen.person,
        behind_it=standing.own.everyone | chosen.everyone,
    )


def cancelling_circle(policy: Policy) -> Circle:
    """Who may end an audit besides whoever asked for it: those the policy names at any gate.

    Where anyone may decide, nobody is named: agreeing to a plan is one thing, ending somebody's audit another.
    """
    named = Circle().joined(policy.gate(gate).circle(0) for gate in Gate)
    return named.model_copy(update={"people": tuple(one for one in named.people if one != ANYONE)})


def cancelling_refusal(requester: Person, policy: Policy, standing: Standing) -> str:
    """Why somebody may not end an audit, in words; empty when they may."""
    if standing.barred:
        return standing.barred
    circle = cancelling_circle(policy)
    for capacity in standing.capacities():
        if requester in capacity.everyone or circle.admits(capacity):
            return ""
    if unchecked := _unchecked(standing.own.person, standing, circle):
        return unchecked
    return "Only whoever asked for an audit, or somebody its policy names, can cancel it."


def barred(person: Person, standing: Standing | None) -> str:
    """Why nothing somebody says counts, by what the directory said of them; empty when it does."""
    if standing is not None and standing.own.person == person:
        return standing.barred
    if standing is None and person.startswith(TERMINAL):
        return ""
    return f"No directory was asked who {person} is, so the decision cannot count."


def _not_among(person: Person, standing: Standing, circle: Circle) -> str:
    return _unchecked(person, standing, circle) or f"{person} is not among those who decide here."


def _unchecked(person: Person, standing: Standing, circle: Circle) -> str:
    groups = ", ".join(group for group in circle.user_groups if group in standing.unchecked)
    if not groups:
        return ""
    return f"Whether {person} belongs to the user group {groups} cannot be looked up now. Try again soon."


def _conflict(review: Review, who: Capacity) -> str:
    """Why the separation of duties keeps somebody from approving; empty when nothing does."""
    policy = review.policy
    if review.requester in who.everyone and not policy.requester_may_approve:
        return f"{who.person} asked for this audit; the policy wants somebody else to approve it."
    if not policy.preparer_may_approve and not who.everyone.isdisjoint(review.preparers):
        return f"{who.person} shaped this version; the policy wants somebody else to approve it."
    return ""
