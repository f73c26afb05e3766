"""The relay: whatever was decided and not answered is delivered again until the audit has it."""

import asyncio

from temporalio.client import Client

from audit_agent.handoff.decide import Inbox, hand_over
from audit_agent.handoff.delivery import Delivery, TemporalDelivery
from audit_agent.handoff.rounds import every
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions

EVERY_SECONDS = 2.0


async def deliver_pending(inbox: Inbox, delivery: Delivery) -> int:
    """Deliver every decision without an answer once; how many have one now.

    Raises TemporalAwayError when Temporal is away: then nothing more can be delivered in this round.
    """
    answered = 0
    for decision in await asyncio.to_thread(inbox.pending):
        if await hand_over(decision, inbox, delivery) is not None:
            answered += 1
    return answered


async def relay(inbox: Inbox, delivery: Delivery, stop: asyncio.Event, every_seconds: float = EVERY_SECONDS) -> None:
    """Deliver what is pending, round after round, until told to stop."""

    async def deliver() -> None:
        await deliver_pending(inbox, delivery)

    await every(every_seconds, deliver, stop, "Decisions wait to be delivered")


async def run_relay(database: Database, client: Client, stop: asyncio.Event) -> None:
    """The relay of one worker process, until `stop` is set."""

    async def connected() -> Client:
        return client

    await relay(Decisions(database), TemporalDelivery(connected), stop)
