"""What every listener of the Slack surface works with."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.client import Client

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.evidence_request import Reply
from audit_agent.domain.review import Decision
from audit_agent.handoff.delivery import Delivery
from audit_agent.handoff.report_links import ReportLinks
from audit_agent.slack.api import SlackApi
from audit_agent.slack.config import SlackConfig
from audit_agent.slack.inbox import Inbox
from audit_agent.slack.people import People
from audit_agent.store.database import Database

SETTLED_AT_ONCE = 8
"""Fewer than the ten Updates a workflow takes at a time; and those who click next are acknowledged meanwhile."""


@dataclass(frozen=True)
class Office:
    """One process's Slack surface."""

    config: SlackConfig
    database: Database
    evidence: Evidence
    inbox: Inbox
    api: SlackApi
    people: People
    delivery: Delivery[Decision]
    """Hands decisions to their audits, with what the directory says of whoever decided."""
    replies: Delivery[Reply]
    """The same for replies to evidence requests."""
    temporal: Callable[[], Awaitable[Client]]
    clock: Callable[[], datetime]
    links: ReportLinks | None = None
    """Makes links to reports; None where nobody can reach the web process."""
    settling: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SETTLED_AT_ONCE))
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when what messages show has probably changed."""
