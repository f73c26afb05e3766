"""The words in which reviewers' comments are understood without a model.

On a plan, one instruction a line or between semicolons; a question is the rest of its line, with its semicolons:

    remove JE-05: batch jobs only          add JE-10
    JE-08 multiple 10000                   set JE-08 minimum_amount=5000
    ask user:omar in JE-08 within 5 days: Who signed? expecting the contract
    investigate P2P-01: was one of them credited?

On findings:

    dismiss F-02: explained by the bank    restore F-02
    F-01 severity low                      investigate F-02: who approved it?
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from audit_agent.domain.evidence_request import DUE_IN_DAYS, Question
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import Person
from audit_agent.domain.investigation import follow_up


@dataclass(frozen=True)
class RemoveStep:
    """Leave a procedure out."""

    text: str
    target: str
    reason: str


@dataclass(frozen=True)
class AddStep:
    """Carry out a procedure of the programme too."""

    text: str
    procedure: str


@dataclass(frozen=True)
class SetParameter:
    """Change a parameter of a procedure or step."""

    text: str
    target: str
    name: str
    value: str


@dataclass(frozen=True)
class AskOwner:
    """Ask a process owner something before a step is carried out."""

    text: str
    target: str
    question: Question


@dataclass(frozen=True)
class Dismiss:
    """Set a finding aside."""

    text: str
    ref: str
    reason: str


@dataclass(frozen=True)
class Restore:
    """Take a finding up again."""

    text: str
    ref: str


@dataclass(frozen=True)
class SetSeverity:
    """Change a finding's severity."""

    text: str
    ref: str
    severity: Severity


@dataclass(frozen=True)
class Investigate:
    """Look into what a step flags, or into a finding."""

    text: str
    target: str
    question: str


@dataclass(frozen=True)
class NotUnderstood:
    """Words outside the vocabulary."""

    text: str


PlanInstruction = RemoveStep | AddStep | SetParameter | AskOwner | Investigate | NotUnderstood
FindingInstruction = Dismiss | Restore | SetSeverity | Investigate | NotUnderstood

_STEP = r"(?P<target>[A-Za-z][A-Za-z0-9]*-\d{2}|[Ss]\d{2})"
_FINDING = r"(?P<ref>[Ff]-\d{2,})"
_REASON = r"(?:\s*[:,-]?\s+(?P<reason>.+?)|\s*:\s*(?P<late>.+?))?"
_REMOVE = re.compile(rf"(?:please\s+)?(?:remove|drop|omit|skip)\s+{_STEP}{_REASON}\.?", re.IGNORECASE)
_ADD = re.compile(rf"(?:please\s+)?(?:add|include)\s+{_STEP}\.?", re.IGNORECASE)
_SET = re.compile(
    rf"(?:please\s+)?(?:set\s+)?{_STEP}\s*:?\s+(?P<name>[A-Za-z_]+)\s*(?:=|:|\s+to\s+|\s)\s*(?P<value>\S.*?)",
    re.IGNORECASE,
)
_ASK = re.compile(
    rf"(?:please\s+)?ask\s+(?P<owner>\S+)\s+in\s+{_STEP}(?:\s+within\s+(?P<days>\d{{1,3}})\s+days?)?\s*:\s*"
    r"(?P<question>\S.*?)(?:\s+expecting\s+(?P<expected>\S.*?))?",
    re.IGNORECASE,
)
_BEGINS_ASKING = re.compile(r"\s*(?:please\s+)?ask\s", re.IGNORECASE)
_DISMISS = re.compile(rf"(?:please\s+)?dismiss\s+{_FINDING}{_REASON}\.?", re.IGNORECASE)
_RESTORE = re.compile(rf"(?:please\s+)?restore\s+{_FINDING}\.?", re.IGNORECASE)
_SEVERITY = re.compile(
    rf"(?:please\s+)?(?:set\s+)?{_FINDING}\s+severity\s*(?:=|:|\s+to\s+|\s)\s*(?P<severity>high|medium|low)\.?",
    re.IGNORECASE,
)


def plan_instructions(comments: Iterable[str]) -> tuple[PlanInstruction, ...]:
    """Comments on a plan, understood or not, in order."""
    return tuple(_plan_instruction(text) for text in _sentences(comments))


def finding_instructions(comments: Iterable[str]) -> tuple[FindingInstruction, ...]:
    """Comments on findings, understood or not, in order."""
    return tuple(_finding_instruction(text) for text in _sentences(comments))


def _sentences(comments: Iterable[str]) -> list[str]:
    lines = [line for comment in comments for line in comment.split("\n")]
    return [part.strip() for line in lines for part in _parts(line) if part.strip()]


def _parts(line: str) -> list[str]:
    # Prose may have semicolons, and a question is prose.
    return [line] if _BEGINS_ASKING.match(line) or follow_up(line) else line.split(";")


def _plan_instruction(text: str) -> PlanInstruction:
    if match := _REMOVE.fullmatch(text):
        return RemoveStep(text, match["target"].upper(), _reason(match))
    if match := _ADD.fullmatch(text):
        return AddStep(text, match["target"].upper())
    if match := _ASK.fullmatch(text):
        return _question(text, match)
    if asked := follow_up(text):
        return Investigate(text, asked.target, asked.question)
    if match := _SET.fullmatch(text):
        return SetParameter(text, match["target"].upper(), match["name"].lower(), match["value"].strip())
    return NotUnderstood(text)


def _question(text: str, match: re.Match[str]) -> PlanInstruction:
    days = int(match["days"] or DUE_IN_DAYS)
    try:
        question = Question(
            owner=Person(match["owner"]),
            question=match["question"],
            expected=(match["expected"] or "").rstrip("."),
            due_in_days=days,
        )
    except ValidationError:
        return NotUnderstood(text)
    return AskOwner(text, match["target"].upper(), question)


def _finding_instruction(text: str) -> FindingInstruction:
    if match := _DISMISS.fullmatch(text):
        return Dismiss(text, match["ref"].upper(), _reason(match))
    if asked := follow_up(text):
        return Investigate(text, asked.target, asked.question)
    if match := _RESTORE.fullmatch(text):
        return Restore(text, match["ref"].upper())
    if match := _SEVERITY.fullmatch(text):
        return SetSeverity(text, match["ref"].upper(), Severity(match["severity"].lower()))
    return NotUnderstood(text)


def _reason(match: re.Match[str]) -> str:
    return match["reason"] or match["late"] or ""
