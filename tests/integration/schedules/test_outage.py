"""The server away at a scheduled time: the audit is made up for, within the catch-up window."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from audit_agent.temporal.attributes import register_attributes
from audit_agent.temporal.ports import Ports, choose_ports
from audit_agent.temporal.server import temporal_binary
from tests.integration.schedules.conftest import Office, definition


@asynccontextmanager
async def server(file: Path, ports: Ports) -> AsyncIterator[Client]:
    """A server that keeps what it knows in a file."""
    process = await asyncio.create_subprocess_exec(
        *(str(temporal_binary()), "server", "start-dev", "--headless", "--ip", "127.0.0.1"),
        *("--port", str(ports.frontend), "--db-filename", str(file), "--log-level", "never"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield await _client(f"127.0.0.1:{ports.frontend}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _client(address: str) -> Client:
    async with asyncio.timeout(20):
        while True:
            try:
                client = await Client.connect(address, data_converter=pydantic_data_converter)
                await register_attributes(client)
            except RuntimeError:
                await asyncio.sleep(0.1)
            else:
                return client


def test_times_that_passed_while_the_server_was_away_are_made_up_for(office: Office, tmp_path: Path) -> None:
    ports = choose_ports(Ports(0, 0))

    async def scenario() -> tuple[datetime, list[datetime]]:
        async with server(tmp_path / "temporal.db", ports) as client:
            office.client = client
            await office.has(definition(cron="* * * * * * *", catch_up="1h"))
            async with asyncio.timeout(20):
                while not (await office.schedules.standing("monthly-close")).last_runs:
                    await asyncio.sleep(0.05)
        away = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        while datetime.now(UTC) < away + timedelta(seconds=1):
            await asyncio.sleep(0.05)
        async with server(tmp_path / "temporal.db", ports) as client:
            office.client = client
            async with office.working():
                async with asyncio.timeout(30):
                    while away not in (due := [one.scheduled_at for one in await office.made(1)]):
                        await asyncio.sleep(0.05)
                await office.schedules.pause("monthly-close", "seen")
        return away, [at for at in due if at is not None]

    away, due = asyncio.run(scenario())

    assert away in due
    assert len(set(due)) == len(due)
