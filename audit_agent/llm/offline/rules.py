"""The offline analyst's rules, read from the files beside this one."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from audit_agent.domain.finding import Severity
from audit_agent.domain.record import Record

_FOLDER = Path(__file__).parent


class PlanningRules(Record):
    """How a programme is adapted to the books."""

    parameters: dict[str, dict[str, Literal["overall", "performance", "trivial"]]]
    after: dict[str, tuple[str, ...]]
    aliases: dict[str, dict[str, str]]


class FindingText(Record):
    """A finding in five C for one procedure, with `[[placeholders]]` for figures."""

    title: str
    condition: str
    criteria: str
    cause: str
    consequence: str
    corrective_action: str
    flagged: tuple[str, str] = ("exception", "exceptions")
    """What is flagged, of one and of many: `[[flagged]]` beside a count."""
    floor: Severity = Severity.LOW
    """The least severity it has by its nature."""


@cache
def planning_rules() -> PlanningRules:
    """Rules for plans."""
    return PlanningRules.model_validate(_read(_FOLDER / "planning.yaml"))


@cache
def finding_texts() -> dict[str, FindingText]:
    """Wording per procedure; `default` for the rest."""
    return {
        name: FindingText.model_validate(entry)
        for path in sorted((_FOLDER / "findings").glob("*.yaml"))
        for name, entry in _read(path).items()
    }


def finding_text(procedure: str) -> FindingText:
    """The wording for a procedure."""
    texts = finding_texts()
    return texts.get(procedure, texts["default"])


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
