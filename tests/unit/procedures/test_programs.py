"""Programmes load, fit the catalogue, and say what is wrong with one's own."""

from pathlib import Path

import pytest

from audit_agent.programs import ProgramInvalidError, UnknownProgramError, load_program, program_names
from audit_agent.programs.checking import check_program


def test_the_programmes_that_ship_are_named() -> None:
    names = "access close general journal-entries order-to-cash procure-to-pay supplier-master treasury"
    assert set(names.split()) <= set(program_names())


@pytest.mark.parametrize("name", program_names())
def test_a_programme_uses_only_what_the_catalogue_has_with_parameters_it_takes(name: str) -> None:
    program = load_program(name)

    check_program(program)
    assert program.id == name


def test_an_unknown_programme_lists_those_there_are() -> None:
    with pytest.raises(UnknownProgramError, match="journal-entries, "):
        load_program("astrology")


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


MINE = """
id: mine
title: Mine
version: "1"
objective: Try it.
standards: []
risks:
  - {id: R1, text: Something is wrong., assertions: [accuracy]}
  - {id: R2, text: Something else is., assertions: [accuracy]}
materiality: [{measure: revenue, percent: "1"}]
procedures:
"""


@pytest.mark.parametrize(
    ("procedures", "problem"),
    [
        ("[{id: JE-99, risk: R1}, {id: JE-02, risk: R2}]", "There is no procedure 'JE-99'."),
        ("[{id: je-02, risk: R1}, {id: JE-03, risk: R2}]", "'je-02' is written JE-02."),
        ("[{id: JE-02, risk: R1, parameters: {colour: red}}, {id: JE-03, risk: R2}]", "There is no parameter 'colour'"),
        ("[{id: JE-02, risk: R1}]", "No procedure answers risk R2."),
    ],
)
def test_a_programme_that_does_not_fit_the_catalogue_says_where(tmp_path: Path, procedures: str, problem: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.rstrip() + " " + procedures, encoding="utf-8")

    with pytest.raises(ProgramInvalidError) as caught:
        check_program(load_program(str(path)))

    assert problem in caught.value.message
