"""Parameters are text outside and typed inside; what is wrong with them is said in words."""

import re
from pathlib import Path

import pytest

from audit_agent import procedures
from audit_agent.domain.plan import VOUCHING
from audit_agent.procedures.parameters import ParameterError
from audit_agent.procedures.registry import REGISTRY, UnknownProcedureError

PROCEDURES = tuple(meta.id for meta in REGISTRY.procedures() if meta.id != VOUCHING)


def test_every_file_of_a_procedure_is_in_the_catalogue() -> None:
    folder = Path(next(iter(procedures.__path__)))
    names = [re.match(r"([a-z0-9]+)_(\d\d)_", path.stem) for path in folder.glob("*.py")]

    assert sorted("-".join(name.groups()).upper() for name in names if name) == sorted(PROCEDURES)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_defaults_read_back_to_themselves(procedure: str) -> None:
    kind = REGISTRY.get(procedure).parameters

    assert kind.parse(procedure, {spec.name: spec.default for spec in kind.specs()}) == kind()


@pytest.mark.parametrize(
    ("procedure", "parameters", "problem"),
    [
        ("JE-02", {"tolerance": "-1"}, "greater than or equal to 0"),
        ("JE-02", {"tolerance": "0.00001"}, "4 decimal places"),
        ("JE-02", {"tolerance": "NaN"}, "finite number"),
        ("JE-02", {"slack": "1"}, "There is no parameter 'slack' (there is: tolerance)"),
        ("JE-05", {"weekend": "saturday,funday"}, "weekend='saturday,funday'"),
        ("JE-06", {"night_start": "late"}, "night_start='late'"),
        ("JE-08", {"multiple": "0"}, "greater than or equal to 1"),
        ("JE-09", {"same": "colour"}, "same='colour'"),
        ("JE-99", {}, "There is no procedure 'JE-99'"),
    ],
)
def test_what_is_wrong_is_said_in_words(procedure: str, parameters: dict[str, str], problem: str) -> None:
    (found,) = REGISTRY.parameter_problems(procedure, parameters)

    assert problem in found


def test_good_parameters_have_no_problems() -> None:
    assert REGISTRY.parameter_problems("JE-06", {"night_start": "21:30", "sources": "SA, KR"}) == ()


def test_wrong_parameters_stop_a_run_and_say_where_to_look() -> None:
    with pytest.raises(ParameterError, match="procedures show JE-02"):
        REGISTRY.get("JE-02").parameters.parse("JE-02", {"tolerance": "much"})


def test_an_unknown_procedure_lists_those_there_are() -> None:
    with pytest.raises(UnknownProcedureError, match="JE-02, JE-03"):
        REGISTRY.get("JE-99")


def test_the_case_of_an_id_does_not_matter() -> None:
    assert REGISTRY.get("je-02").id == "JE-02"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800"])
def test_a_character_that_no_database_can_hold_is_refused(text: str) -> None:
    (problem,) = REGISTRY.parameter_problems("JE-05", {"excluded_users": text})

    assert "holds a character that no database can hold" in problem


@pytest.mark.parametrize(
    "parameters", [{"conflicts": "supplier/payment"}, {"conflicts": ""}, {"synonyms": "supplier vendor"}]
)
def test_conflicts_that_cannot_be_read_are_refused_instead_of_tested_as_nothing(parameters: dict[str, str]) -> None:
    assert REGISTRY.parameter_problems("ACC-01", parameters)
