"""`audit-agent procedures` as a person types it."""

import json
from pathlib import Path

import pytest

from audit_agent.cli.main import run
from audit_agent.procedures.registry import REGISTRY

LEDGER = """Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Amount_Currency
J1,2025-03-12,4000,1000.00,D,USD
J1,2025-03-12,1000,1000.01,C,USD
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "GL_Detail.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return path


def test_the_list_as_json_holds_the_whole_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["procedures", "list", "--json"]) == 0

    entries = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in entries] == [meta.id for meta in REGISTRY.procedures()]
    assert {"ACC-01", "DOC-01", "JE-01", "P2P-13", "TE-01"} < {entry["id"] for entry in entries}


def test_showing_a_procedure_names_its_parameters_with_unit_default_and_bounds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["procedures", "show", "je-10"]) == 0

    shown = capsys.readouterr().out
    assert "largest_lines" in shown
    assert "integer, lines, from 0 to 1000000" in " ".join(shown.split())


def test_an_unknown_procedure_ends_with_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["procedures", "show", "JE-99"]) == 3
    assert "There is no procedure 'JE-99'." in capsys.readouterr().err


def test_running_a_procedure_prints_reason_and_source(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["procedures", "run", "JE-02", "--books", str(ledger)]) == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert "1 journal is out of balance" in shown
    assert "GL_Detail.csv:2 + 1 more" in shown


def test_the_workpaper_as_json_tells_the_seconds(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["procedures", "run", "JE-02", "--books", str(ledger), "-p", "tolerance=0.01", "--json"]) == 0

    paper = json.loads(capsys.readouterr().out)
    assert (paper["exception_count"], paper["parameters"]) == (0, {"tolerance": "0.01"})
    assert float(paper["seconds"]) > 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-p", "tolerance"], 2, "write name=value"),
        (["-p", "tolerance=much"], 2, "tolerance='much'"),
        (["--period", "soon"], 2, "The period 'soon' cannot be read."),
    ],
)
def test_bad_usage_is_one_message(
    ledger: Path, arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["procedures", "run", "JE-02", "--books", str(ledger), *arguments]) == code
    assert message in capsys.readouterr().err


def test_missing_inputs_are_named(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["procedures", "run", "JE-04", "--books", str(ledger)]) == 2
    assert "needs the table Journal_Log" in capsys.readouterr().err
