"""A payment system behind HTTP: `PUT` and `DELETE` of `{url}/holds/{key}`, safe to repeat."""

from typing import Any
from urllib.parse import quote

import httpx2
from pydantic import SecretStr

from audit_agent.domain.finding import Hold
from audit_agent.holds.port import HoldRefusedError, PaymentSystemUnavailableError

TIMEOUT_SECONDS = 20.0


class HttpPaymentSystem:
    """Speaks to a hold service. Every request carries an `Idempotency-Key`, the same for every attempt."""

    def __init__(self, url: str, token: SecretStr | None) -> None:
        self._url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        self._client = httpx2.Client(headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def place(self, key: str, hold: Hold) -> str:
        """Hold a payment; returns the `reference` of the JSON answer, or the key if it has none."""
        answer = self._send("PUT", key, hold.model_dump(mode="json"))
        return str(answer.get("reference", key))

    def release(self, key: str) -> None:
        """Let a payment go; a hold the service does not know (404) counts as released."""
        self._send("DELETE", key, None)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, method: str, key: str, body: dict[str, Any] | None) -> dict[str, Any]:
        address = f"{self._url}/holds/{quote(key, safe='')}"
        try:
            answer = self._client.request(method, address, json=body, headers={"Idempotency-Key": f"{method} {key}"})
        except httpx2.TransportError as error:
            raise PaymentSystemUnavailableError(
                f"The payment system at {self._url} did not answer: {error or type(error).__name__}.",
                "Check AUDIT_AGENT_HOLDS_URL and that the service runs; the hold is tried again by itself.",
            ) from error
        if method == "DELETE" and answer.status_code == 404:
            return {}
        if answer.status_code >= 500 or answer.status_code in (408, 425, 429):
            raise PaymentSystemUnavailableError(
                f"The payment system at {self._url} answered {answer.status_code} to {method} of hold {key}.",
                "It is tried again by itself.",
            )
        if not answer.is_success:
            raise HoldRefusedError(
                f"The payment system at {self._url} refused {method} of hold {key} with {answer.status_code}: "
                f"{answer.text[:200]}",
                "Check AUDIT_AGENT_HOLDS_TOKEN and what the service accepts.",
            )
        return _json(answer)


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
