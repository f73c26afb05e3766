"""Which IP addresses are public: those of other machines on the internet, reached as what they say they are."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NETWORKS: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "a carrier's own"),
    ("127.0.0.0/8", "this machine"),
    ("169.254.0.0/16", "link-local, where clouds keep credentials"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "for protocols"),
    ("192.0.2.0/24", "for documentation"),
    ("192.31.196.0/24", "for protocols"),
    ("192.52.193.0/24", "for protocols"),
    ("192.88.99.0/24", "a 6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "for protocols"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("168.63.129.16/32", "a cloud's own services"),
    ("::ffff:0:0/96", "IPv4 inside IPv6"),
    ("64:ff9b::/96", "IPv4 behind NAT64"),
    ("64:ff9b:1::/48", "IPv4 behind NAT64"),
    ("2001::/23", "Teredo or for protocols"),
    ("2001:db8::/32", "for documentation"),
    ("2002::/16", "IPv4 inside 6to4"),
    ("2620:4f:8000::/48", "for protocols"),
    ("3fff::/20", "for documentation"),
)
_REFUSED: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple((ip_network(net), why) for net, why in _NETWORKS)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LOOPBACK = IPv6Address("::1")


def refusal(address: Address) -> str | None:
    """Why an address may not be asked; None when it is public.

    After the special-purpose registries of IANA (RFC 6890). Of IPv6 only global unicast, 2000::/3, is in use; whatever
    carries an IPv4 address inside is refused as a whole, since the machine behind it is another than it seems.
    """
    for network, why in _REFUSED:
        if address.version == network.version and address in network:
            return f"{address} is {why}"
    if address == _LOOPBACK:
        return f"{address} is this machine"
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return f"{address} is outside the public part of IPv6"
    return None


def parse(text: str) -> Address | None:
    """An address as written, its IPv6 zone included; None when the text is a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None
