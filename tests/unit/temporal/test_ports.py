"""Ports: the preferred ones where free."""

import socket

from audit_agent.temporal.ports import Ports, choose_ports


def test_free_ports_are_taken_as_preferred() -> None:
    free = choose_ports(Ports(0, 0))
    assert choose_ports(free) == free


def test_a_port_in_use_is_replaced_by_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        chosen = choose_ports(Ports(port, port))
    assert port not in chosen
    assert chosen.frontend != chosen.ui
