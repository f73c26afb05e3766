"""A ledger, and a model service to spend on."""

from collections.abc import Callable, Iterator

import pytest

from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import AnthropicServer


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    """A model service that answers by schema and meters its bills."""
    with AnthropicServer() as server:
        yield server


@pytest.fixture
def ledger(database: Database) -> DatabaseLedger:
    """An empty ledger."""
    return DatabaseLedger(database)


@pytest.fixture
def ledger_on_postgresql(postgresql_url: str, connect_to: Callable[[str], Database]) -> DatabaseLedger:
    """An empty ledger in PostgreSQL."""
    return DatabaseLedger(connect_to(postgresql_url))
