"""Every runtime dependency has a decision that says why it was chosen; the policy example shows every field."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

from audit_agent.domain.ids import Person
from audit_agent.domain.policy import Gate, GatePolicy, Policy
from audit_agent.handoff.policy_file import EVERY_GATE, load_policy
from tests.unit.docs.pages import ROOT, marked_blocks

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def test_every_runtime_dependency_has_its_decision() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    needed = {re.split(r"[\[<>=; ]", line)[0] for line in [*project["dependencies"], *extras]}
    lines = [
        re.findall(r"^Dependencies: (.+)\.$", page.read_text(encoding="utf-8"), re.MULTILINE) for page in DECISIONS
    ]
    named = {name for found in lines for line in found for name in re.findall(r"`([^`]+)`", line)}
    assert named == needed


def test_decisions_are_numbered_without_gaps_and_say_what_instead() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert [page.name for page in DECISIONS if "Instead:" not in page.read_text(encoding="utf-8")] == []


def test_the_policy_example_loads_and_means_what_its_page_says(tmp_path: Path) -> None:
    (example,) = (
        block for block in marked_blocks(ROOT / "docs" / "how-to" / "policy.md") if "policy.yaml" in block.mark
    )
    file = tmp_path / "policy.yaml"
    file.write_text(example.text, encoding="utf-8")

    policy = load_policy(file)

    assert policy.plan.remind_every == timedelta(hours=12)
    assert policy.remediation.quorum == 2
    assert policy.report.eligible == (Person("user:dora"),)
    assert policy.report.escalate_after is None
    assert policy.end_after == timedelta(days=60)


def test_the_policy_page_shows_every_section_and_field() -> None:
    page = (ROOT / "docs" / "how-to" / "policy.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    shown = set(re.findall(r"\b(\w+):", examples))
    assert {EVERY_GATE, *Gate, *GatePolicy.model_fields, *Policy.model_fields} - shown == set()
