"""No address of a special network passes the guard, however it is written."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.documents.fetching.addresses import parse, refusal
from audit_agent.documents.fetching.policy import FetchPolicy

INTERNAL = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 198.18.0.0/15 "
    "224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 fc00::/7 fe80::/10 fec0::/10 ff00::/8"
).split()
EMBEDDING = ("::ffff:0:0", "::", "64:ff9b::", "::ffff:0:0:0")
IPV4 = st.ip_addresses(v=4)


@pytest.mark.parametrize("network", INTERNAL)
def test_the_first_and_the_last_address_of_an_internal_network_are_refused(network: str) -> None:
    addresses = ip_network(network)
    assert refusal(addresses[0]) is not None
    assert refusal(addresses[-1]) is not None


@given(st.sampled_from(INTERNAL).flatmap(lambda network: st.ip_addresses(network=network)))
def test_every_address_of_an_internal_network_is_refused(address: IPv4Address | IPv6Address) -> None:
    assert refusal(address) is not None


@given(IPV4, st.sampled_from(EMBEDDING))
def test_no_ipv4_address_passes_inside_ipv6(inner: IPv4Address, prefix: str) -> None:
    assert refusal(IPv6Address(int(IPv6Address(prefix)) | int(inner))) is not None


@given(IPV4)
def test_no_ipv4_address_passes_inside_6to4_or_teredo(inner: IPv4Address) -> None:
    assert refusal(IPv6Address((0x2002 << 112) | (int(inner) << 80) | 1)) is not None
    assert refusal(IPv6Address((0x20010000 << 96) | (int(inner) ^ 0xFFFFFFFF))) is not None


@given(st.ip_addresses())
def test_what_passes_is_global_to_the_standard_library_too(address: IPv4Address | IPv6Address) -> None:
    if refusal(address) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(network="8.0.0.0/8") | st.ip_addresses(network="2a00::/12"))
def test_public_addresses_pass(address: IPv4Address | IPv6Address) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize("written", ["169.254.169.254", "fd00:ec2::254", "168.63.129.16", "100.100.100.200"])
def test_the_addresses_where_clouds_keep_credentials_are_refused(written: str) -> None:
    assert refusal(ip_address(written)) is not None


def test_an_ipv6_zone_changes_nothing() -> None:
    address = parse("fe80::1%eth0")
    assert address is not None
    assert refusal(address) is not None


def test_a_policy_that_allows_loopback_allows_nothing_else_internal() -> None:
    policy = FetchPolicy(loopback=True)
    assert policy.refusal(ip_address("127.0.0.1")) is None
    assert policy.refusal(ip_address("::1")) is None
    assert policy.refusal(ip_address("10.0.0.1")) is not None
    assert FetchPolicy().refusal(ip_address("127.0.0.1")) is not None


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("docs.example.com", True),
        ("DOCS.example.com.", True),
        ("a.files.example.org", True),
        ("files.example.org", False),
        ("docs.example.com.evil.test", False),
        ("evildocs.example.com", False),
    ],
)
def test_hosts_are_allowed_by_name_or_below_a_domain(host: str, allowed: bool) -> None:
    assert FetchPolicy(hosts=("docs.example.com", ".files.example.org")).allows_host(host) is allowed


def test_a_private_network_is_opened_by_name_and_never_a_link_local_one() -> None:
    policy = FetchPolicy(networks=(IPv4Network("10.1.0.0/16"), IPv4Network("169.254.0.0/16")))

    assert policy.refusal(IPv4Address("10.1.2.3")) is None
    assert policy.refusal(IPv4Address("10.2.2.3")) is not None
    assert policy.refusal(IPv4Address("169.254.169.254")) is not None
