"""The relay: whatever was decided or replied and not answered is delivered again until the audit has it."""

import asyncio

from temporalio.client import Client

from audit_agent.domain.directory import DirectoryAwayError, Workspace
from audit_agent.handoff.decide import Inbox, hand_over
from audit_agent.handoff.delivery import Delivery, Said, TemporalDelivery
from audit_agent.handoff.rounds import every
from audit_agent.handoff.standing import AttestedDelivery, AttestedReplies
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.replies import Replies

EVERY_SECONDS = 2.0


async def deliver_pending(inbox: Inbox[Said], delivery: Delivery[Said]) -> int:
    """Deliver everything without an answer once; how many have one now.

    Raises TemporalAwayError when Temporal is away: then nothing more can be delivered in this round.
    """
    answered = 0
    for said in await asyncio.to_thread(inbox.pending):
        try:
            answered += await hand_over(said, inbox, delivery) is not None
        except DirectoryAwayError:
            # Another process, which can say who this person is, will deliver it.
            continue
    return answered


async def relay(
    inbox: Inbox[Said], delivery: Delivery[Said], stop: asyncio.Event, every_seconds: float = EVERY_SECONDS
) -> None:
    """Deliver what is pending, round after round, until told to stop."""

    async def deliver() -> None:
        await deliver_pending(inbox, delivery)

    await every(every_seconds, deliver, stop, "Decisions wait to be delivered")


async def run_relay(
    database: Database, client: Client, stop: asyncio.Event, workspace: Workspace | None = None
) -> None:
    """The relay of one process, until `stop` is set. Without a workspace it leaves the workspace's people alone."""

    async def connected() -> Client:
        return client

    delivery = TemporalDelivery(connected)
    await asyncio.gather(
        relay(Decisions(database), AttestedDelivery(delivery, database, workspace), stop),
        relay(Replies(database), AttestedReplies(delivery, database, workspace), stop),
    )
