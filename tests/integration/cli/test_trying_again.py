"""`status` and the progress lines say what is being tried again."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

from rich.console import Console

from audit_agent.cli.progress import Lines, Picture
from audit_agent.store.reading import audit_status
from audit_agent.store.troubles import Troubles

WHAT = "perform step S07 failed (attempt 3): The disk is full."


def test_status_shows_what_is_tried_again(say: Any, office: Any) -> None:
    audit = office.audit()
    Troubles(office.database).record(audit, "run/5", WHAT, datetime.now(UTC))

    assert f"Trying again: {WHAT}" in say("status", audit).out
    assert say("status", audit, "--json").data["audit"]["trouble"] == WHAT


def test_progress_tells_of_a_trouble_once_and_not_of_its_end(office: Any) -> None:
    audit = office.audit()
    troubles, out = Troubles(office.database), StringIO()
    lines = Lines(Console(file=out, width=200))

    troubles.record(audit, "run/5", WHAT, datetime.now(UTC))
    lines.show(audit_status(office.database, audit))
    lines.show(audit_status(office.database, audit))
    troubles.clear(audit, "run/5")
    lines.show(audit_status(office.database, audit))

    assert out.getvalue().count(f"Trying again: {WHAT}") == 1


def test_the_live_picture_shows_it_too(office: Any) -> None:
    audit = office.audit()
    Troubles(office.database).record(audit, "run/5", WHAT, datetime.now(UTC))
    out = StringIO()
    picture = Picture(Console(file=out, width=200, force_terminal=True))

    picture.show(audit_status(office.database, audit))
    picture.pause()

    assert f"Trying again: {WHAT}" in out.getvalue()
