"""A double of Anthropic's API over real HTTP: it answers by schema or script, fails on demand, and meters bills.

The official SDK talks to it through `ANTHROPIC_BASE_URL`. It is strict where the API is: a key, a version,
a known path and a JSON schema are required.
"""

import hashlib
import json
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from tests.peers import anthropic_batches
from tests.peers.anthropic_batches import MessageBatches
from tests.peers.instances import instance_of

Body = dict[str, Any]
Script = Callable[[Body], Any]
"""From a request to its answer: a JSON value, text to be sent as it is, `Blocks`, or None for an instance of the
schema."""


class Blocks(NamedTuple):
    """An answer with blocks before its text that nobody asked for."""

    before: tuple[Body, ...]
    answer: Any
    stop_reason: str


class Fault(StrEnum):
    """What can go wrong with one request."""

    RATE_LIMIT = "429 with retry-after"
    OVERLOADED = "529"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    BAD_KEY = "401"
    FORBIDDEN = "403"
    BAD_REQUEST = "400"
    RESET = "the connection is reset after the request was accepted"
    HANG = "accepted, and never answered"
    BROKEN_BODY = "a body that is no JSON"
    CUT_JSON = "an answer whose JSON ends in the middle"
    WRONG_SCHEMA = "an answer that does not fit the schema"
    REFUSAL = "stop_reason refusal"
    MAX_TOKENS = "stop_reason max_tokens"


_STATUS = {
    Fault.RATE_LIMIT: (429, "rate_limit_error"),
    Fault.OVERLOADED: (529, "overloaded_error"),
    Fault.SERVER_ERROR: (500, "api_error"),
    Fault.BAD_GATEWAY: (502, "api_error"),
    Fault.BAD_KEY: (401, "authentication_error"),
    Fault.FORBIDDEN: (403, "permission_error"),
    Fault.BAD_REQUEST: (400, "invalid_request_error"),
}
RETRY_AFTER_SECONDS = 7
INPUT_TOKENS, OUTPUT_TOKENS, CACHE_READ_TOKENS = 1000, 200, 50


class AnthropicServer:
    """Serves on a free loopback port while entered."""

    def __init__(self) -> None:
        self.script: Script = lambda _: None
        self.requests: list[Body] = []
        """Every request to `/v1/messages`, in order of arrival."""
        self.billed: Counter[str] = Counter()
        """Accepted calls by key (a digest of the body). A key above one has been paid more than once."""
        self.batches = MessageBatches(lambda body: _answer(self, body, None))
        self._faults: deque[Fault | None] = deque()
        self._always: Fault | None = None
        self._open = threading.Event()
        self._open.set()
        self._closing = threading.Event()
        self._arrived = threading.Condition()
        self._server = _Server(self)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._open.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What to set ANTHROPIC_BASE_URL to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def bill(self) -> int:
        """All accepted calls."""
        return sum(self.billed.values())

    def fail_next(self, *faults: Fault | None) -> None:
        """The next requests fail, one fault each; None for one that does not."""
        self._faults.extend(faults)

    def fail_always(self, fault: Fault | None) -> None:
        """Every request fails like this, until told otherwise."""
        self._always = fault

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Within the block requests are accepted, and answered only after it."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def wait_for_requests(self, count: int, timeout: float = 20) -> None:
        """Return when so many requests have arrived in all; raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.requests) >= count, timeout):
                raise TimeoutError(f"{len(self.requests)} of {count} requests arrived.")

    def accept(self, body: Body) -> Fault | None:
        """Meter a request, and say how it will fail."""
        with self._arrived:
            fault = self._faults.popleft() if self._faults else self._always
            self.requests.append(body)
            if fault not in _STATUS or fault is Fault.BAD_GATEWAY:
                self.billed[_key(body)] += 1
            self._arrived.notify_all()
        return fault

    def wait_until_open(self) -> None:
        """Stand in line while answers are held back."""
        self._open.wait()

    def wait_until_closing(self) -> None:
        """Leave the client without an answer."""
        self._closing.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, peer: AnthropicServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.peer = peer
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for connection in tuple(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that vanish are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if self._allowed():
            self._batches(b"")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not self._allowed():
            return
        if self.path.startswith(anthropic_batches.PLACE):
            self._batches(data)
            return
        body = json.loads(data)
        if self.path == "/v1/messages/count_tokens":
            self._json(200, {"input_tokens": len(json.dumps(body)) // 4})
        elif self.path == "/v1/messages":
            self._message(body)
        else:
            self._error(404, "not_found_error", self.path)

    def _allowed(self) -> bool:
        key = self.headers.get("x-api-key") or self.headers.get("authorization")
        allowed = bool(key and self.headers.get("anthropic-version"))
        if not allowed:
            self._error(401, "authentication_error", "a key and anthropic-version are required")
        return allowed

    def _batches(self, data: bytes) -> None:
        reply = self.server.peer.batches.handle(self.command, self.path, data)
        if reply.status:
            self._send(reply.status, reply.body)
        else:
            self._reset()

    def _reset(self) -> None:
        # Linger zero turns the close into a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _message(self, body: Body) -> None:
        peer = self.server.peer
        fault = peer.accept(body)
        peer.wait_until_open()
        if fault in _STATUS:
            status, kind = _STATUS[fault]
            self._error(status, kind, f"scripted: {fault}")
        elif fault is Fault.RESET:
            self._reset()
        elif fault is Fault.HANG:
            peer.wait_until_closing()
            self.close_connection = True
        elif fault is Fault.BROKEN_BODY:
            self._send(200, b'{"id": "msg_')
        else:
            self._json(200, _answer(peer, body, fault))

    def _error(self, status: int, kind: str, text: str) -> None:
        self._json(status, {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_error"})

    def _json(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("request-id", f"req_{len(self.server.peer.requests):06d}")
        if status == 429:
            self.send_header("retry-after", str(RETRY_AFTER_SECONDS))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _answer(peer: AnthropicServer, body: Body, fault: Fault | None) -> Body:
    answer = peer.script(body)
    before, answer, stop_reason = answer if isinstance(answer, Blocks) else Blocks((), answer, "end_turn")
    text, details = _text(answer, body), None
    if fault is Fault.CUT_JSON:
        text = text[: len(text) // 2]
    elif fault is Fault.WRONG_SCHEMA:
        text = '{"surprise": true}'
    elif fault is Fault.REFUSAL:
        text, stop_reason = "", "refusal"
        details = {"type": "refusal", "category": None, "explanation": "scripted refusal"}
    elif fault is Fault.MAX_TOKENS:
        text, stop_reason = text[: len(text) // 2], "max_tokens"
    return {
        "id": f"msg_{_key(body)[:12]}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [{"type": "thinking", "thinking": "", "signature": "none"}, *before, {"type": "text", "text": text}],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": details,
        "usage": {
            "input_tokens": INPUT_TOKENS,
            "output_tokens": OUTPUT_TOKENS,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": CACHE_READ_TOKENS,
        },
    }


def _text(answer: Any, body: Body) -> str:
    if answer is None:
        answer = instance_of(body["output_config"]["format"]["schema"])
    return answer if isinstance(answer, str) else json.dumps(answer)


def _key(body: Body) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
