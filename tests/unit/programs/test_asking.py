"""Requests in plain words: how many of a set are understood in full, and what is always so."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_agent.domain.asked import Asked
from audit_agent.domain.period import parse_period
from audit_agent.llm.comments import Investigate, RemoveStep, SetParameter, plan_instructions
from audit_agent.procedures.registry import REGISTRY
from audit_agent.programs import all_programs
from audit_agent.programs.asking import RequestNotReadableError, understand
from audit_agent.programs.asking.understanding import vocabulary

TODAY = date(2026, 11, 27)
PROGRAMS = all_programs(None)
REQUESTS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("requests.yaml").read_text(encoding="utf-8"))


def understood(text: str) -> Asked:
    return understand(text, PROGRAMS, TODAY)


def meant(request: dict[str, Any]) -> tuple[Any, ...]:
    """What a colleague would understand, in the same terms as `said`."""
    out = set(request.get("out", ()))
    if only := request.get("only"):
        out |= {entry.id for entry in PROGRAMS[request["program"]].procedures} - set(only)
    period = parse_period(request["period"]) if "period" in request else None
    return request["program"], period, out, set(request.get("hard", ())), request.get("set", {})


def said(asked: Asked) -> tuple[Any, ...]:
    """The request as rules understood it."""
    out: set[str] = set()
    hard: set[str] = set()
    parameters: dict[str, dict[str, str]] = {}
    for instruction in plan_instructions(asked.instructions):
        match instruction:
            case RemoveStep():
                out.add(instruction.target)
            case Investigate():
                hard.add(instruction.target)
            case SetParameter():
                parameters.setdefault(instruction.target, {})[instruction.name] = instruction.value
            case _:
                raise AssertionError(f"{instruction} is no instruction of a request")
    return asked.program, asked.period, out, hard, parameters


def test_most_of_the_set_is_understood_in_full() -> None:
    right = [request["ask"] for request in REQUESTS if said(understood(request["ask"])) == meant(request)]
    programmes = sum(understood(request["ask"]).program == request["program"] for request in REQUESTS)
    for request in REQUESTS:
        if request["ask"] not in right:
            print(f"Missed: {request['ask']}\n  said  {said(understood(request['ask']))}\n  meant {meant(request)}")
    print(f"{len(right)} of {len(REQUESTS)} requests understood in full, the programme of {programmes}.")

    assert (len(right), programmes, len(REQUESTS)) == (27, 28, 30)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=300).filter(lambda text: bool(text.strip())))
def test_any_text_is_read_and_asks_only_what_a_plan_can_do(text: str) -> None:
    asked = understood(text)

    known = {entry.id for entry in PROGRAMS[asked.program].procedures}
    for instruction in plan_instructions(asked.instructions):
        assert isinstance(instruction, RemoveStep | Investigate | SetParameter)
        assert instruction.target in known


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([word for request in REQUESTS for word in request["ask"].split()]), max_size=40))
def test_what_rules_set_are_parameters_that_the_procedures_take(words: list[str]) -> None:
    asked = understood(" ".join(["Test", *words]))

    for instruction in plan_instructions(asked.instructions):
        if isinstance(instruction, SetParameter):
            given_ = {instruction.name: instruction.value}
            assert REGISTRY.parameter_problems(instruction.target, given_) == ()


def test_the_vocabulary_speaks_of_procedures_and_parameters_that_exist() -> None:
    known = {meta.id: {spec.name for spec in meta.parameters} for meta in REGISTRY.procedures()}

    assert {one for topic in vocabulary().topics for one in topic.procedures} <= set(known)
    assert all(name in known[procedure] for procedure, name in vocabulary().amounts.items())


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("Test journals, and the position of the moon", ["position moon"]),
        ("Test the journals of 2025 for round amounts", []),
        ("Check the ledger for rounding and for ghosts in the machine", ["ghosts machine"]),
    ],
)
def test_words_that_rules_cannot_place_are_told(text: str, unread: list[str]) -> None:
    assert list(understood(text).unread) == unread


def test_what_a_named_programme_does_not_have_is_told() -> None:
    asked = understand("Benford please", {"access": PROGRAMS["access"]}, TODAY)

    assert (asked.program, asked.unread) == ("access", ("JE-15 (not in the programme access)",))


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4_001])
def test_nothing_and_far_too_much_are_refused(text: str) -> None:
    with pytest.raises(RequestNotReadableError, match="1 to 4,000 letters"):
        understood(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("q4", "2025-Q4"),
        ("Q1", "2026-Q1"),
        ("2025 q2", "2025-Q2"),
        ("the third quarter of 2024", "2024-Q3"),
        ("last month", "2026-10"),
        ("previous quarter", "2026-Q3"),
        ("in december", "2025-12"),
        ("Dec 2024", "2024-12"),
        ("h2", "2025-07-01..2025-12-31"),
        ("second half of 2024", "2024-07-01..2024-12-31"),
        ("2025-03", "2025-03"),
        ("fiscal year 2023", "2023"),
        ("2025-02-01 until 2025-02-28", "2025-02-01..2025-02-28"),
    ],
)
def test_periods_are_read_as_people_say_them(text: str, period: str) -> None:
    assert understood(f"test journals {text}").period == parse_period(period)


@pytest.mark.parametrize("text", ["it may be wrong", "march on", "in 1850", "q7"])
def test_what_is_no_period_is_not_taken_for_one(text: str) -> None:
    assert understood(f"test journals {text}").period is None
