"""The hold connector against a real HTTP service on loopback."""

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from audit_agent.domain.finding import Hold
from audit_agent.holds.http import HttpPaymentSystem
from audit_agent.holds.port import HoldRefusedError, PaymentSystemUnavailableError

HOLD = Hold(
    key="Invoices_Received/V1/4711",
    finding="F-01",
    item="4711",
    supplier="V1",
    amount=Decimal("99.10"),
    currency="EUR",
    reason="duplicate",
)


class HoldService(ThreadingHTTPServer):
    """Keeps holds by key; the next answers can be set to fail."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.holds: dict[str, dict[str, str]] = {}
        self.idempotency_keys: list[str] = []
        self.failures: list[int] = []
        self.tokens: set[str] = set()


class _Handler(BaseHTTPRequestHandler):
    server: HoldService

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._refused():
            self.server.holds[self.path] = body
            self._answer(200, {"reference": f"ref-{len(self.server.holds)}"})

    def do_DELETE(self) -> None:
        if not self._refused():
            known = self.server.holds.pop(self.path, None)
            self._answer(200 if known else 404, {})

    def _refused(self) -> bool:
        self.server.idempotency_keys.append(self.headers["Idempotency-Key"])
        self.server.tokens.add(self.headers["Authorization"])
        if self.server.failures:
            self._answer(self.server.failures.pop(0), {})
            return True
        return False

    def _answer(self, status: int, body: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[HoldService]:
    with HoldService() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def payments(service: HoldService) -> Iterator[HttpPaymentSystem]:
    system = HttpPaymentSystem(f"http://127.0.0.1:{service.server_port}", SecretStr("secret"))
    yield system
    system.close()


def test_placing_twice_is_one_hold_under_one_idempotency_key(service: HoldService, payments: HttpPaymentSystem) -> None:
    first = payments.place("AUD-1/k", HOLD)
    second = payments.place("AUD-1/k", HOLD)

    assert (first, second) == ("ref-1", "ref-1")
    assert len(set(service.idempotency_keys)) == 1
    assert service.tokens == {"Bearer secret"}


def test_amounts_travel_exactly(service: HoldService, payments: HttpPaymentSystem) -> None:
    payments.place("AUD-1/k", HOLD)

    assert next(iter(service.holds.values()))["amount"] == "99.10"


def test_releasing_what_was_never_placed_is_no_error(payments: HttpPaymentSystem) -> None:
    payments.release("AUD-1/never")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_service_in_trouble_is_worth_another_try(
    service: HoldService, payments: HttpPaymentSystem, status: int
) -> None:
    service.failures = [status]

    with pytest.raises(PaymentSystemUnavailableError):
        payments.place("AUD-1/k", HOLD)

    assert payments.place("AUD-1/k", HOLD) == "ref-1"


def test_a_refusal_is_final_and_says_what_to_check(service: HoldService, payments: HttpPaymentSystem) -> None:
    service.failures = [403]

    with pytest.raises(HoldRefusedError, match="AUDIT_AGENT_HOLDS_TOKEN"):
        payments.place("AUD-1/k", HOLD)


def test_a_service_that_is_away_is_worth_another_try() -> None:
    system = HttpPaymentSystem("http://127.0.0.1:9", None)

    with pytest.raises(PaymentSystemUnavailableError, match="AUDIT_AGENT_HOLDS_URL"):
        system.place("AUD-1/k", HOLD)

    system.close()
