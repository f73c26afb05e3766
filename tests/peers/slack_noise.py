"""Requests no Slack would send: wrong signatures, wrong bytes, and signed payloads of wrong shapes."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from audit_agent.domain.ids import ReviewId
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Verdict
from audit_agent.slack.contents import Asked, Shown
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.rehearsal.clicking import signed

_VALUES: tuple[Any, ...] = (
    None, "", 0, -1, 1e308, True, [], {}, [[]], [None], {"a": None}, "x" * 5000, "\u0000", "\ud83d", "<!channel>", [{}],
    {"id": None}, {"id": 7}, {"values": {"a": 1}}, 10**30,
)  # fmt: skip


def malformed_requests(
    chance: random.Random, count: int, secret: str
) -> Iterator[tuple[bytes, list[tuple[bytes, bytes]]]]:
    """So many requests; about half carry a signature that fits."""
    for number in range(count):
        body, kind = _body(chance)
        request = signed(body, secret if chance.random() < 0.55 else "wrong", kind)
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
        if number % 5 == 0:
            headers = [_spoilt(chance, header) for header in headers if chance.random() < 0.8]
        yield body, headers


def _body(chance: random.Random) -> tuple[bytes, str]:
    match chance.randrange(6):
        case 0:
            return chance.randbytes(chance.randrange(200)), "application/x-www-form-urlencoded"
        case 1:
            return b"payload=" + chance.randbytes(40), "application/x-www-form-urlencoded"
        case 2:
            return chance.choice(
                [b"", b"{", b"[]", b"null", b"payload=", b"payload=[]", b"[" * 90_000]
            ), "application/json"
        case 3:
            fields = {name: str(chance.choice(_VALUES)) for name in _COMMAND if chance.random() < 0.8}
            return urlencode(fields, errors="replace").encode(), "application/x-www-form-urlencoded"
        case _:
            # Few, because what comes through is written to the disk.
            payload = copy.deepcopy(chance.choice(_OURS if chance.random() < 0.03 else _PAYLOADS))
            for _ in range(chance.randrange(1, 4)):
                _spoil(chance, payload)
            text = json.dumps(payload)
            if chance.random() < 0.3:
                return text.encode(), "application/json"
            return urlencode({"payload": text}).encode(), "application/x-www-form-urlencoded"


_FRAGMENTS = (b"", b"{", b"[]", b"null", b"payload=", b"payload=[]", b"[" * 90_000)
_COMMAND = ("text", "team_id", "user_id", "channel_id", "trigger_id", "response_url", "command")
_PAYLOADS: tuple[dict[str, Any], ...] = (
    {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1"},
        "container": {"message_ts": "1.2", "channel_id": "C1"},
        "trigger_id": "1.2",
        "actions": [{"action_id": Action.APPROVE.value, "type": "button", "value": "{}", "action_ts": "1"}],
    },
    {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": Modal.REASON.value,
            "private_metadata": "{}",
            "state": {"values": {"reason": {"reason": {"value": "x"}}}},
        },
    },
    {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "E1",
        "event": {"type": "app_home_opened", "user": "U1", "tab": "messages"},
    },
    {"type": "url_verification", "challenge": "x"},
    {"type": "message_action", "callback_id": "x", "user": {"id": "U1"}},
)

_SHOWN = Shown(review=ReviewId("AUD-2026-0001/plan/1"), subject=Digest("a" * 64))
_APPROVAL, _REJECTION = copy.deepcopy(_PAYLOADS[:2])
_APPROVAL["actions"][0]["value"] = _SHOWN.model_dump_json()
_REJECTION["view"]["private_metadata"] = Asked(shown=_SHOWN, verdict=Verdict.REJECT, channel="C1").model_dump_json()
_OURS = (_APPROVAL, _REJECTION)
"""What our own buttons and modals send: spoilt in one place it gets as far as anything can."""


def _spoil(chance: random.Random, payload: Any) -> None:
    """Change something somewhere in a payload."""
    place = payload
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(place[key], dict | list) and place[key] and chance.random() < 0.6:
            place = place[key]
            continue
        if isinstance(place, dict) and chance.random() < 0.2:
            del place[key]
        else:
            place[key] = copy.deepcopy(chance.choice(_VALUES))
        return


def _spoilt(chance: random.Random, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    return chance.choice(
        [header, (name, chance.randbytes(12)), (name, b""), (name, value + value), (name.upper(), value)]
    )
