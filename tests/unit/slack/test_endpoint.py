"""What `/slack/events` answers before any listener is asked."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.types import ASGIApp

from audit_agent.domain.ids import ReviewId
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Verdict
from audit_agent.slack.app import slack_app
from audit_agent.slack.blocks.modals import REASON
from audit_agent.slack.contents import Asked, Shown
from audit_agent.slack.endpoint import LARGEST_BODY, SlackEndpoint
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.rehearsal.clicking import interaction, signed
from audit_agent.slack.rehearsal.server import SlackServer
from audit_agent.slack.rehearsal.workspace import TEAM, Workspace
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.slack_tables import SlackClickRow
from audit_agent.web.app import web_app
from tests.peers.asgi import post, request
from tests.peers.slack_noise import malformed_requests
from tests.peers.slack_server import ANNA, SECRET, office_of

PATH = "/slack/events"
MALFORMED = 20_000


async def _no_temporal() -> Any:
    raise AssertionError("nothing here goes to Temporal")


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> ASGIApp:
    """The application with nothing behind it: no Slack, no Temporal."""
    return _app(sqlite_database, tmp_path)


def _app(database: Database, folder: Path) -> ASGIApp:
    server = SlackServer(Workspace())
    server.port = 9
    office = office_of(server, database, FolderEvidence(folder / "evidence"), folder, _no_temporal)
    return web_app(SlackEndpoint(slack_app(office), SECRET))


Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run() -> Run:
    return asyncio.run


WHO = {"user": {"id": ANNA}, "team": {"id": TEAM}}
SHOWN = Shown(review=ReviewId("AUD-2026-0001/plan/1"), subject=Digest("a" * 64))
APPROVAL = json.dumps(
    {
        "type": "block_actions",
        **WHO,
        "container": {"message_ts": "1.1", "channel_id": "C1"},
        "actions": [
            {"action_id": Action.APPROVE, "type": "button", "value": SHOWN.model_dump_json(), "action_ts": "TEXT"}
        ],
    }
)
REJECTION = json.dumps(
    {
        "type": "view_submission",
        **WHO,
        "view": {
            "id": "V1",
            "callback_id": Modal.REASON,
            "private_metadata": Asked(shown=SHOWN, verdict=Verdict.REJECT, channel="C1").model_dump_json(),
            "state": {"values": {REASON: {REASON: {"type": "plain_text_input", "value": "TEXT"}}}},
        },
    }
)
HELLO = json.dumps({"type": "url_verification", "challenge": "c4"}).encode()


def test_a_signed_challenge_is_answered(app: ASGIApp, run: Run) -> None:
    request = signed(HELLO, SECRET, "application/json")

    answer = run(post(app, PATH, *request))

    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "c4"})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"x-slack-signature": None}, "missing signature"),
        ({"x-slack-request-timestamp": None}, "missing timestamp"),
        ({"x-slack-request-timestamp": "soon"}, "a timestamp in words"),
        ({"x-slack-request-timestamp": "²³"}, "digits that are none"),
        ({"x-slack-request-timestamp": "9" * 400}, "a timestamp without end"),
        ({"x-slack-signature": "v0=\u00e4"}, "a signature that is not ASCII"),
        ({"x-slack-signature": "v0=" + "0" * 64}, "a forged signature"),
        ({"x-slack-signature": "v1=" + "0" * 64}, "another version"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_signed_by_slack_is_refused(app: ASGIApp, run: Run, change: dict[str, Any], why: str) -> None:
    body, headers = signed(HELLO, SECRET, "application/json")
    changed = {name: value for name, value in (headers | change).items() if value is not None}

    assert run(post(app, PATH, body, changed)).status == 401, why


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_outside_the_window_is_refused(app: ASGIApp, run: Run, seconds: int) -> None:
    late = signed(HELLO, SECRET, "application/json", at=time.time() + seconds)

    assert run(post(app, PATH, *late)).status == 401


def test_a_signature_over_another_body_is_refused(app: ASGIApp, run: Run) -> None:
    request = signed(HELLO, SECRET, "application/json")

    assert run(post(app, PATH, HELLO + b" ", request.headers)).status == 401


def test_a_replay_within_the_window_is_refused(app: ASGIApp, run: Run) -> None:
    request = signed(HELLO, SECRET, "application/json")

    async def twice() -> list[int]:
        return [(await post(app, PATH, *request)).status for _ in range(2)]

    assert run(twice()) == [200, 401]


def test_a_header_that_comes_twice_is_no_header_of_slack(app: ASGIApp, run: Run) -> None:
    body, headers = signed(HELLO, SECRET, "application/json")
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"x-slack-signature", headers["x-slack-signature"].encode()))

    assert run(post(app, PATH, body, raw)).status == 401


def test_only_posts_are_taken_and_health_is_told(app: ASGIApp, run: Run) -> None:
    assert run(request(app, "GET", PATH)).status == 405
    assert run(request(app, "GET", "/healthz")).body == b"ok"


def test_a_body_without_end_is_refused_before_it_is_hashed(app: ASGIApp, run: Run) -> None:
    assert run(post(app, PATH, b"x" * (LARGEST_BODY + 1), {})).status == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (HELLO, "application/x-www-form-urlencoded"),
        (HELLO, "text/xml"),
        (HELLO, ""),
        (b"payload=%7B%7D", "application/json"),
        (HELLO, "multipart/form-data; boundary=x"),
    ],
)
def test_a_signed_body_of_another_kind_than_it_says_is_refused(app: ASGIApp, run: Run, body: bytes, kind: str) -> None:
    assert run(post(app, PATH, *signed(body, SECRET, kind))).status == 400


@pytest.mark.parametrize("text", ["\ud83d", "a\0b"], ids=["half a surrogate pair", "NUL"])
@pytest.mark.parametrize("payload", [APPROVAL, REJECTION], ids=["button", "modal"])
def test_texts_that_no_database_keeps_are_refused(app: ASGIApp, run: Run, payload: str, text: str) -> None:
    spoilt = json.loads(payload.replace("TEXT", json.dumps(text)[1:-1]))

    assert run(post(app, PATH, *interaction(spoilt, SECRET))).status == 400


def test_what_one_process_answered_comes_to_the_same_in_another(
    app: ASGIApp, run: Run, sqlite_database: Database, tmp_path: Path
) -> None:
    approval = interaction(json.loads(APPROVAL), SECRET)
    another = _app(sqlite_database, tmp_path)

    async def to_both() -> list[int]:
        return [(await post(one, PATH, *approval)).status for one in (app, another, app, another)]

    assert run(to_both()) == [200, 200, 401, 401]
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(SlackClickRow)) == 1


def test_nothing_of_a_request_is_logged(app: ASGIApp, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = ("xoxb-rehearsal", SECRET, ANNA, "Anna Nightingale")
    button = {"action_id": "unknown", "type": "button"}
    approve = {"action_id": "review_approve", "type": "button", "value": secrets[3]}
    bodies: list[dict[str, Any]] = [
        {"type": "block_actions", **WHO, "actions": [button], "message": {"text": secrets[3]}},
        {"type": "block_actions", **WHO, "actions": [approve]},
        {"type": "view_submission", **WHO, "view": {"id": "V1", "callback_id": secrets[3]}},
    ]

    async def send() -> None:
        for body in bodies:
            await post(app, PATH, *interaction(body, SECRET))
            await post(app, PATH, *interaction(body, "another secret"))

    run(send())

    ours = [record.getMessage() for record in caplog.records if record.name != "asyncio"]
    assert ours
    assert [line for line in ours if any(secret in line for secret in secrets)] == []


def test_twenty_thousand_malformed_requests_meet_no_server_error(app: ASGIApp, run: Run) -> None:
    chance = random.Random(20_260)
    logging.disable(logging.CRITICAL)

    async def send() -> set[int]:
        statuses = set()
        for body, headers in malformed_requests(chance, MALFORMED, SECRET):
            statuses.add((await post(app, PATH, body, headers)).status)
        return statuses

    try:
        statuses = run(send())
    finally:
        logging.disable(logging.NOTSET)

    assert {status for status in statuses if status >= 500} == set()
    assert {400, 401} <= statuses
