"""Temporal down: said quickly, with what to do."""

import asyncio
import socket
import time

import pytest

from audit_agent.settings import Settings
from audit_agent.temporal.client import connect
from audit_agent.temporal.errors import TemporalUnavailableError


def test_no_server_in_this_home_names_the_command_that_starts_one(settings: Settings) -> None:
    with pytest.raises(TemporalUnavailableError, match="does not run") as error:
        asyncio.run(connect(settings))
    assert "audit-agent up" in error.value.advice


def test_a_cluster_that_refuses_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(
        TemporalUnavailableError, match=r"127\.0\.0\.1:1 cannot be reached: Connection refused\."
    ) as error:
        asyncio.run(connect(settings))
    assert "TEMPORAL_ADDRESS" in error.value.advice


def test_a_cluster_that_is_silent_is_given_up_after_three_seconds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(TemporalUnavailableError, match="no answer within 3 s"):
            asyncio.run(connect(settings))
    assert time.monotonic() - began < 4


def test_a_profile_that_does_not_exist_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "nowhere")
    with pytest.raises(TemporalUnavailableError, match="nowhere"):
        asyncio.run(connect(settings))
