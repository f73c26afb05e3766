"""Files of schedules: what can be written, and that everything wrong is named before anything is changed."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person
from audit_agent.domain.schedule import Overlap, PeriodRule
from audit_agent.handoff.schedule_file import ScheduleFileError, definition_from, load_definitions
from tests.unit.docs.pages import ROOT, marked_blocks

HOW_TO = ROOT / "docs" / "how-to" / "schedules.md"
FIELDS = {
    "name": "close",
    "program": "general",
    "books": "/srv/books",
    "period": "previous-month",
    "when": "monthly on day 3 at 07:00 UTC",
}


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "schedules.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_fields_may_be_written_as_people_write_them() -> None:
    words = {
        "period": "Month to date", "overlap": "buffer-one", "catch_up": "1d 12h", "budget": 2.5, "requester": "anna"
    }  # fmt: skip
    found = definition_from(FIELDS | words)

    assert (found.period, found.overlap) == (PeriodRule.MONTH_TO_DATE, Overlap.BUFFER_ONE)
    assert (found.catch_up, found.budget) == (timedelta(hours=36), Decimal("2.5"))
    assert found.asks == Person("user:anna")


def test_what_is_not_said_is_explicit_all_the_same() -> None:
    found = definition_from(FIELDS)

    assert (found.overlap, found.catch_up, found.zone) == (Overlap.ALLOW_ALL, timedelta(days=7), "UTC")
    assert found.asks == Person("schedule:close")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"bugdet": 5}, "bugdet: unknown field"),
        ({"books": "books"}, "books: 'books' must be an absolute path"),
        ({"period": "last month"}, "period: Input should be 'previous-month'"),
        ({"name": "Monthly close"}, "name: String should match"),
        ({"budget": "-1"}, "no amount above zero"),
        ({"catch_up": "soon"}, "catch_up: 'soon' is no duration"),
        ({"catch_up": "10s"}, "catch_up: Input should be greater"),
        ({"overlap": "terminate_other"}, "overlap: Input should be"),
        ({"cron": "0 7 3 * *"}, "give either `when`"),
        ({"when": None}, "give either `when`"),
        ({"when": "daily at 07:00"}, "no time zone"),
        ({"when": None, "cron": "0 7 3 * *"}, "no time zone"),
        ({"time_zone": "Europe/Berlin"}, "names the time zone UTC and `time_zone` Europe/Berlin"),
        ({"when": "daily at 02:30 Europe/Berlin"}, "skipped in Europe/Berlin"),
        ({"holidays": "DE"}, "business days only"),
    ],
)
def test_what_cannot_be_used_is_named(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        definition_from(FIELDS | changed)


def test_a_file_names_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "schedules:\n- just words\n- {name: a, program: general, books: b, period: never, when: daily}\n",
    )
    with pytest.raises(ScheduleFileError, match=r"schedule 1 must consist.*books: .*period: ") as failure:
        load_definitions(file)
    assert failure.value.advice == "Nothing was changed."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("schedules: [", "is not YAML"),
        ("- one", "must hold a list called"),
        ("schedules: []\nmore: 1", "and nothing else"),
        ("schedules: {}", "must hold a list called"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ScheduleFileError, match=why):
        load_definitions(written(tmp_path, text))


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    one = "- {name: a, program: general, books: /b, period: previous-month, when: daily at 06:00 UTC}\n"
    with pytest.raises(ScheduleFileError, match="The name a is given twice"):
        load_definitions(written(tmp_path, f"schedules:\n{one}{one}"))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScheduleFileError, match="There is no file"):
        load_definitions(tmp_path / "absent.yaml")


def test_the_example_of_the_how_to_can_be_applied(tmp_path: Path) -> None:
    (example,) = [block for block in marked_blocks(HOW_TO) if block.mark == "file schedules.yaml"]

    close, purchases = load_definitions(written(tmp_path, example.text))

    assert set(yaml.safe_load(example.text)["schedules"][0]) >= set(type(close).model_fields) - {"cron", "time_zone"}
    assert purchases.cron == "30 6 * * MON"


@pytest.mark.parametrize("line", re.findall(r"^\| `(.+? at \d.+?)` \|", HOW_TO.read_text(encoding="utf-8"), re.M))
def test_the_words_of_the_how_to_are_understood(line: str) -> None:
    assert definition_from(FIELDS | {"when": line}).when == line
