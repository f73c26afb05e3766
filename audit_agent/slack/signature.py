"""Whether a request comes from Slack: signature over the raw body, its age, and that it comes once.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping

from audit_agent.domain.errors import RefusedError

WINDOW_SECONDS = 300
"""Older or younger than this, a request is refused."""

MOST_REMEMBERED = 100_000
"""Signatures remembered at most; older ones are past the window long before."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class ForgedRequestError(RefusedError):
    """The request does not come from Slack, or not from now."""


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> str:
    """The signature of a request that comes from Slack; raises ForgedRequestError.

    Args:
        headers: With lower-case names.
        body: The raw body, before anything has parsed it.
        secret: The app's signing secret.
        now: Seconds since the epoch.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise ForgedRequestError("The request carries no signature of Slack.")
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        raise ForgedRequestError("The request was signed too long ago.", "Check this machine's clock.")
    if not hmac.compare_digest(signature, sign(secret, timestamp, body)):
        raise ForgedRequestError("The signature does not fit.", "Check SLACK_SIGNING_SECRET.")
    return signature


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature Slack gives a body."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


class SeenSignatures:
    """Signatures that were answered within the window. One that failed may come again, as Slack redelivers."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()

    def take(self, signature: str, now: float) -> None:
        """Remember a signature; raises ForgedRequestError when it came before."""
        while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW_SECONDS:
            self._seen.popitem(last=False)
        if signature in self._seen:
            raise ForgedRequestError("The request came before.")
        self._seen[signature] = now
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)

    def forget(self, signature: str) -> None:
        """The request was not taken, so it may come again."""
        self._seen.pop(signature, None)
