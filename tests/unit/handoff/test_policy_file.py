from datetime import timedelta
from pathlib import Path

import pytest

from audit_agent.domain.policy import Policy
from audit_agent.handoff.durations import parse_duration
from audit_agent.handoff.identity import NoNameError, as_person
from audit_agent.handoff.policy_file import PolicyFileError, load_policy


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_default_policy_holds() -> None:
    assert load_policy(None) == Policy()


def test_an_empty_file_is_the_default_policy(tmp_path: Path) -> None:
    assert load_policy(written(tmp_path, "")) == Policy()


def test_a_gate_takes_its_people_quorum_and_durations(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        report:
          eligible: [anna, "user:ben"]
          quorum: 2
          remind_every: 12h
          escalate_after: 2d
          escalate_to: [chief]
          expire_after: P1W
        end_after: 60d
        """,
    )

    policy = load_policy(file)

    assert policy.report.eligible == ("user:anna", "user:ben")
    assert policy.report.escalate_to == ("user:chief",)
    assert policy.report.quorum == 2
    assert policy.report.remind_every == timedelta(hours=12)
    assert policy.report.expire_after == timedelta(weeks=1)
    assert policy.end_after == timedelta(days=60)
    assert policy.plan == Policy().plan


def test_rules_for_every_gate_hold_where_a_gate_does_not_say_otherwise(tmp_path: Path) -> None:
    file = written(tmp_path, "every_gate: {quorum: 2}\nplan: {quorum: 1}\n")

    policy = load_policy(file)

    assert [policy.plan.quorum, policy.findings.quorum, policy.report.quorum] == [1, 2, 2]


def test_who_agrees_to_the_plan_agrees_to_more_money_unless_others_are_named(tmp_path: Path) -> None:
    silent = load_policy(written(tmp_path, "plan: {eligible: [anna], quorum: 2}"))
    named = load_policy(written(tmp_path, "plan: {eligible: [anna], quorum: 2}\nbudget: {eligible: [dora]}"))

    assert silent.budget == silent.plan
    assert (named.budget.eligible, named.budget.quorum) == (("user:dora",), 1)


def test_anyone_stays_anyone(tmp_path: Path) -> None:
    assert load_policy(written(tmp_path, 'plan: {eligible: ["*"]}')).plan.eligible == ("*",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("plan: {quorm: 2}", "plan.quorm: unknown field"),
        ("spending: {quorum: 2}", "spending: unknown field"),
        ("report: {quorum: 0}", "report.quorum: "),
        ("report: {expire_after: soon}", "report.expire_after: 'soon' is no duration"),
        ("every_gate: {remind_every: 1 month}", "every_gate.remind_every: "),
        ("plan: {escalate_after: 20d, expire_after: 10d}", "escalate_after must be shorter than expire_after"),
        ("plan: {expire_after: 99999999999999999999d}", "plan.expire_after: '99999999999999999999d' is too long"),
        ("end_after: 0m", "end_after: "),
        ("plan: yes", "plan: must be a list of rules"),
        ("- plan", "must consist of sections"),
        ("plan: [", "is not YAML"),
        ("[" * 5_000, "is not YAML"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(PolicyFileError) as error:
        load_policy(written(tmp_path, text))

    assert named in error.value.message


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError) as error:
        load_policy(written(tmp_path, "plan: {quorm: 2}\nreport: {deadline: 3d}"))

    assert "plan.quorm" in error.value.message
    assert "report.deadline" in error.value.message


def test_a_missing_file_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError) as error:
        load_policy(tmp_path / "none.yaml")

    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("3d", timedelta(days=3)),
        ("1d 12h", timedelta(days=1, hours=12)),
        ("45m", timedelta(minutes=45)),
        ("2w", timedelta(weeks=2)),
        ("90s", timedelta(seconds=90)),
        ("P3DT12H", timedelta(days=3, hours=12)),
        ("PT90M", timedelta(minutes=90)),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "P", "3", "3 days", "-3d", "P1Y", "P1M", "1.5h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


def test_a_plain_name_is_a_user_and_a_full_name_stays() -> None:
    assert as_person(" anna ") == "user:anna"
    assert as_person("slack:T1/U2") == "slack:T1/U2"


@pytest.mark.parametrize("name", ["", "  ", "user:", "anna\nuser:ben", "anna\x1b[2K", "\u202eanna", "a" * 101])
def test_nobody_signs_without_a_name_that_can_stand_in_a_list(name: str) -> None:
    with pytest.raises(NoNameError):
        as_person(name)
