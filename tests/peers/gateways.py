"""A gateway as a process of its own, which tests may kill at a named point."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audit_agent.domain.batches import Batch
from audit_agent.domain.ledger import Settlement, StoredAnswer
from audit_agent.llm.batches.port import RemoteBatch
from audit_agent.llm.batches.service import BatchService
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import ModelAnswer, PaidCalls
from audit_agent.llm.claude.batches import AnthropicBatches
from audit_agent.llm.claude.transport import AnthropicTransport
from audit_agent.llm.desk import Together
from audit_agent.llm.gateway.app import Gateway
from audit_agent.llm.gateway.client import GatewayAddress, GatewayCalls
from audit_agent.llm.gateway.pace import Pace
from audit_agent.llm.gateway.room import Room
from audit_agent.llm.gateway.serving import serve
from audit_agent.llm.prices import load_prices
from audit_agent.llm.transport import Delivered
from audit_agent.store.batches import Batches
from audit_agent.store.database import connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.temporal.ending import stop_on_signals
from tests.peers.paying import OUTPUTS, SHORT_LEASE_SECONDS

REPOSITORY = Path(__file__).resolve().parents[2]
TOKEN = "the-token-of-the-tests"


class Point(StrEnum):
    """Where a gateway stands still, waiting to be killed."""

    NOWHERE = "nowhere"
    BEFORE_SEND = "before send"
    AFTER_ANSWER = "after answer"
    AFTER_STORE = "after store"
    BEFORE_REPLY = "before reply"
    AFTER_CREATE = "after a batch was created"


class GatewayProcess:
    """A gateway on a port of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.address = GatewayAddress(url, TOKEN)

    def wait_for_the_point(self) -> None:
        """Return when a call has reached the point."""
        assert self._line() == "here"

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def gateway_process(
    database_url: str,
    service_url: str,
    point: Point = Point.NOWHERE,
    evidence: Path = Path("no-evidence"),
    lease: float = SHORT_LEASE_SECONDS,
) -> Iterator[GatewayProcess]:
    """A gateway that answers, and stands still at a point. Leases are short, for what takes over from the dead."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.peers.gateways", database_url, service_url, point, str(evidence), str(lease)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield GatewayProcess(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ask_gateway(address: GatewayAddress, *calls: ModelCall) -> list[ModelAnswer]:
    """Ask all at once and wait for every answer; raises the first failure."""

    async def asked() -> list[ModelAnswer]:
        client = GatewayCalls(address, patience=60)
        try:
            return await asyncio.gather(*(client.ask(call) for call in calls))
        finally:
            await client.close()

    return asyncio.run(asked())


def _stand_still() -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    threading.Event().wait()


class _Transport(AnthropicTransport):
    point = Point.NOWHERE

    async def send(self, call: ModelCall) -> Delivered:
        if self.point is Point.BEFORE_SEND:
            await asyncio.to_thread(_stand_still)
        return await super().send(call)


class _Batches(AnthropicBatches):
    point = Point.NOWHERE

    async def create(self, batch: Batch, requests: Path) -> RemoteBatch:
        created = await super().create(batch, requests)
        if self.point is Point.AFTER_CREATE:
            await asyncio.to_thread(_stand_still)
        return created


class _Ledger(DatabaseLedger):
    point = Point.NOWHERE

    def settle_all(self, settlements: Sequence[Settlement]) -> list[StoredAnswer]:
        if self.point is Point.AFTER_ANSWER:
            _stand_still()
        stored = super().settle_all(settlements)
        if self.point is Point.AFTER_STORE:
            _stand_still()
        return stored


def _still_before_reply(app: ASGIApp) -> ASGIApp:
    async def held(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            await asyncio.to_thread(_stand_still)
            await send(message)

        await app(scope, receive, sending)

    return held


async def _run(database_url: str, service_url: str, point: Point, evidence: Path, lease: float) -> None:
    stop = stop_on_signals()
    database = connect(database_url)
    ledger, transport = _Ledger(database), _Transport(OUTPUTS, api_key="test-key", base_url=service_url)
    wire = _Batches("test-key", service_url)
    ledger.point = transport.point = wire.point = point
    batches = BatchService(Batches(database), FolderEvidence(evidence), wire, load_prices())
    pace = Pace(64)
    calls = PaidCalls(ledger, transport, load_prices(), lease, patience=20, turns=pace, desk=Together(ledger))
    app: ASGIApp = Gateway(calls, ledger, pace, Room(10_000_000), TOKEN, batches).app()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await serve(_still_before_reply(app) if point is Point.BEFORE_REPLY else app, listener, stop, pace.close)
    await calls.close()
    await batches.close()
    database.close()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2], Point(sys.argv[3]), Path(sys.argv[4]), float(sys.argv[5])))
