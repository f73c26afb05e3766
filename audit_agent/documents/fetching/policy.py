"""What may be fetched, and how much of it."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from audit_agent.documents.fetching.addresses import refusal
from audit_agent.documents.media_types import BY_SUFFIX
from audit_agent.domain.record import Record

MEGABYTE = 1024 * 1024


class FetchPolicy(Record):
    """Limits of one fetch. Without hosts any public host may be asked; without buckets none may be read."""

    schemes: tuple[str, ...] = ("https", "http")
    """Of addresses on the web."""
    hosts: tuple[str, ...] = ()
    """Names that may be asked; one that begins with a dot stands for all names below it."""
    buckets: tuple[str, ...] = ()
    """Of the object store. Its credentials are the operator's, so a list of documents may not choose the bucket."""
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Private ones that may be asked. Link-local addresses never are: clouds keep credentials there."""
    loopback: bool = False
    """Whether this machine itself may be asked."""
    max_bytes: int = 50 * MEGABYTE
    """Of a document, as sent and as decompressed."""
    total: timedelta = timedelta(minutes=2)
    """From the first look-up to the last byte, redirects included."""
    silence: timedelta = timedelta(seconds=20)
    """Without a connection or a byte."""
    redirects: int = 5
    media_types: tuple[str, ...] = tuple(sorted(set(BY_SUFFIX.values())))

    def allows_host(self, host: str) -> bool:
        """Whether a host may be asked, by its name."""
        name = host.lower().rstrip(".")
        return not self.hosts or any(
            name == allowed.lower() or (allowed.startswith(".") and name.endswith(allowed.lower()))
            for allowed in self.hosts
        )

    def refusal(self, address: IPv4Address | IPv6Address) -> str | None:
        """Why a machine may not be asked, by its address; None when it may."""
        if self.loopback and address.is_loopback:
            return None
        if not address.is_link_local and any(address in network for network in self.networks):
            return None
        return refusal(address)
