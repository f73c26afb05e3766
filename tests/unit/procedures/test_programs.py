"""Programmes load, fit the catalogue, and say what is wrong with one's own."""

from pathlib import Path

import pytest

from audit_agent.procedures.registry import REGISTRY
from audit_agent.programs import ProgramInvalidError, UnknownProgramError, load_program, program_names


def test_the_programmes_that_ship_are_named() -> None:
    assert program_names() == ("general", "journal-entries", "procure-to-pay")


@pytest.mark.parametrize("name", program_names())
def test_a_programme_uses_only_what_the_catalogue_has_with_parameters_it_takes(name: str) -> None:
    program = load_program(name)

    assert program.id == name
    assert not [text for use in program.procedures for text in REGISTRY.parameter_problems(use.id, use.parameters)]


@pytest.mark.parametrize("name", program_names())
def test_every_risk_of_a_programme_is_answered(name: str) -> None:
    program = load_program(name)

    assert {risk.id for risk in program.risks} == {use.risk for use in program.procedures}


def test_an_unknown_programme_lists_those_there_are() -> None:
    with pytest.raises(UnknownProgramError, match="general, journal-entries, procure-to-pay"):
        load_program("payroll")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id: [", "cannot be read"),
        ("- a list", "the file"),
        ("id: Mine", "id: String should match pattern"),
        (
            "{id: mine, title: t, version: '1', objective: o, standards: [], risks: [], materiality: [],"
            " procedures: [{id: JE-02, risk: R7}]}",
            "JE-02 answers the risk 'R7', which is not listed",
        ),
    ],
)
def test_a_programme_of_ones_own_that_is_wrong_names_the_field(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ProgramInvalidError) as caught:
        load_program(str(path))

    assert problem in caught.value.message
