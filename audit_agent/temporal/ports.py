"""Ports of the embedded server: the preferred ones, or free ones."""

import socket
from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Ports(NamedTuple):
    """Where the embedded server listens, on loopback."""

    frontend: int
    ui: int


def choose_ports(preferred: Ports) -> Ports:
    """The preferred ports where they are free (0 is never), else free ones.

    Another process may take one before the server binds it: whoever starts the server tries again then.
    """
    with _listener(preferred.frontend) as frontend, _listener(preferred.ui) as ui:
        return Ports(frontend.getsockname()[1], ui.getsockname()[1])


def _listener(preferred: int) -> socket.socket:
    try:
        return _bound(preferred)
    except OSError:
        return _bound(0)


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        # A port whose last connections are in TIME_WAIT can be bound by the server, so it counts as free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(1)
    except OSError:
        listener.close()
        raise
    return listener
