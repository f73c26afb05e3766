"""Connections that go to an address which was checked, whatever a name resolves to a moment later."""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Protocol

import httpcore2

from audit_agent.documents.fetching.addresses import Address, parse
from audit_agent.documents.fetching.policy import FetchPolicy


class AddressRefusedError(Exception):
    """The policy refuses a host or one of its addresses; the message says which and why."""


class NoSuchHostError(Exception):
    """The name does not exist."""


class Resolver(Protocol):
    """Looks names up."""

    async def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses of a host, best first. Raises NoSuchHostError, and OSError when it may exist all the same."""
        ...


class SystemResolver:
    """Asks as the operating system is set up to ask."""

    async def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses of a host, best first. Raises NoSuchHostError and OSError."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
                raise NoSuchHostError(host) from error
            raise
        except UnicodeError as error:
            raise NoSuchHostError(host) from error
        return tuple(dict.fromkeys(ip_address(place[0]) for *_, place in found))


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Looks a host up once, checks every address, and connects to those.

    TLS and the Host header go by the name still, because only the connection below them is given the address.
    A host with one refused address is refused as a whole: nothing public is also private by accident.
    """

    def __init__(self, policy: FetchPolicy, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first checked address that answers. Raises AddressRefusedError and NoSuchHostError."""
        failed: Exception | None = None
        for address in await self._checked(host, port):
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError(f"{host} has no address")

    async def _checked(self, host: str, port: int) -> tuple[Address, ...]:
        written = parse(host)
        try:
            addresses = (written,) if written is not None else await self._resolver.resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} could not be looked up: {error.strerror or error}") from error
        for address in addresses:
            why = self._policy.refusal(address)
            if why is not None:
                raise AddressRefusedError(why)
        return addresses
