"""Handing in a decision made on this terminal."""

import asyncio
from datetime import UTC, datetime

from audit_agent.domain.ids import Person
from audit_agent.domain.review import Decision, Review, Verdict
from audit_agent.handoff.decide import Submission, decision_on, submit
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.standing import AttestedDelivery
from audit_agent.settings import Settings
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.temporal.client import connect

SURFACE = "terminal"


def sign(
    settings: Settings, database: Database, review: Review, verdict: Verdict, reason: str, person: Person
) -> Submission[Decision]:
    """Decide on what a review shows and wait for the audit's answer, as long as one can be had at once."""
    decision = decision_on(review, verdict, reason, person, SURFACE, datetime.now(UTC))
    delivery = AttestedDelivery(TemporalDelivery(lambda: connect(settings)), database)
    return asyncio.run(submit(decision, Decisions(database), delivery))
