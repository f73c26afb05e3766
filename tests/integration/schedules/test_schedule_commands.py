"""`audit-agent schedule`, against a real server."""

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from audit_agent.cli.main import run
from audit_agent.store.reading import audit_status
from tests.integration.schedules.conftest import Office
from tests.integration.temporal.waiting import until


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Say:
    """Runs `audit-agent schedule`, and what else there is to look at."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        code = run(("schedule", *arguments))
        return Said(code, *self._capsys.readouterr())

    def listed(self, word: str) -> str:
        """The list, once it says the word: Temporal's own list follows its schedules after a moment."""
        seen: list[str] = []

        def says() -> bool:
            seen.append(self("list").out)
            return word in seen[-1]

        until(says, f"the list says {word!r}")
        return seen[-1]

    def status(self, audit: str) -> str:
        run(("status", audit))
        return self._capsys.readouterr().out


@pytest.fixture
def say(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Say:
    """Run `audit-agent schedule` in the office's installation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", office.client.service_client.config.target_host)
    monkeypatch.setenv("AUDIT_AGENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUDIT_AGENT_DATABASE_URL", office.database.name)
    monkeypatch.setenv("AUDIT_AGENT_TASK_QUEUE", office.queue)
    monkeypatch.setenv("AUDIT_AGENT_USER", "anna")
    return Say(capsys)


MAKE = ("--books", "books", "--program", "general", "--period", "previous-month")
WHEN = "monthly on business day 3 at 07:00 Europe/Berlin"


def test_a_schedule_is_made_and_shown(say: Say) -> None:
    made = say("create", "close", *MAKE, "--when", WHEN, "--holidays", "DE", "--budget", "5", "--catch-up", "2d")
    shown = say("show", "close")

    assert (made.code, made.err) == (0, "")
    assert "close" in say.listed("close")
    assert WHEN in shown.out
    assert len([line for line in shown.out.splitlines() if line.startswith("  Due 20")]) == 5
    assert "Note: made by user:anna" in shown.out
    assert "May begin late by: 2 d" in shown.out
    assert say("list", "--json").data[0]["definition"]["books"] == str(Path.cwd() / "books")


def test_a_schedule_is_paused_with_a_note_and_resumed(say: Say) -> None:
    say("create", "close", *MAKE, "--when", WHEN)
    say("pause", "close", "--note", "books are moving")
    paused = say("show", "close", "--json").data
    listed = say.listed("paused")
    say("resume", "close")
    resumed = say("show", "close", "--json").data

    assert (paused["paused"], paused["note"]) == (True, "paused by user:anna: books are moving")
    assert "paused" in listed
    assert (resumed["paused"], len(resumed["next_runs"])) == (False, 10)


def test_an_audit_of_a_backfill_shows_its_schedule(say: Say, office: Office) -> None:
    say("create", "close", *MAKE, "--when", WHEN, "--holidays", "DE")
    begun = say("backfill", "close", "2026-01-01", "2026-01-31", "--json").data
    again = say("backfill", "close", "2026-01-31", "2026-01-31")
    (audit,) = asyncio.run(_made(office))

    assert begun == ["2026-01-06T06:00:00+00:00"]
    assert (again.code, "due 0 times" in again.err) == (2, True)
    status = audit_status(office.database, audit)
    assert (status.audit.schedule, str(status.audit.period)) == ("close", "2025-12-01 to 2025-12-31")
    assert audit in say.listed(audit)
    assert audit in say("show", "close").out
    assert "Made by the schedule close for" in say.status(audit)


async def _made(office: Office) -> tuple[Any, ...]:
    async with office.working():
        return tuple(audit.id for audit in await office.made(1, "close"))


def test_applying_a_file_prints_what_changed(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "schedules.yaml"
    text = (
        "schedules:\n- {name: close, program: general, books: /b, period: previous-month, when: daily at 06:00 UTC}\n"
    )
    file.write_text(text, encoding="utf-8")
    say("create", "other", *MAKE, "--when", WHEN)

    first, second = say("apply", str(file)), say("apply", str(file), "--json")
    file.write_text(text.replace("/b", "/c"), encoding="utf-8")
    third = say("apply", str(file), "--prune")

    assert first.out == "close: created\n"
    assert second.data == [{"name": "close", "what": "unchanged", "fields": []}]
    assert third.out == "close: updated (books)\nother: deleted\n"


def test_a_schedule_is_deleted_once(say: Say) -> None:
    say("create", "close", *MAKE, "--when", WHEN)

    assert say("delete", "close").code == 0
    gone = say("delete", "close")
    assert (gone.code, "There is no schedule close" in gone.err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--when", "now and then"), 2, "cannot be read"),
        (("--when", WHEN, "--program", "no-such"), 3, "There is no programme"),
        (("--when", WHEN, "--policy", "absent.yaml"), 2, "There is no policy file"),
        (("--cron", "61 * * * *", "--time-zone", "UTC"), 2, "Minute is not in range"),
        (("--when", WHEN, "--holidays", "XX"), 2, "No public holidays are known"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_at_once(say: Say, arguments: tuple[str, ...], code: int, why: str) -> None:
    said = say("create", "close", *MAKE, *arguments)

    assert said.code == code
    assert why in said.err
    assert say("list", "--json").data == []
