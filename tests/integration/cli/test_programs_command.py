"""`audit-agent programs` as a person types it."""

import json
from pathlib import Path

import pytest

from audit_agent.cli.main import run

OWN = """id: own
title: My own
version: "1"
objective: Test what I want.
standards: ["ISA 240.33(a)"]
risks: [{id: R1, text: Something is wrong., assertions: [accuracy]}]
procedures: [{id: JE-02, risk: R1}]
materiality: [{measure: revenue, percent: "0.5"}]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIT_AGENT_PROGRAMS_FOLDER", str(tmp_path))
    path = tmp_path / "quarterly.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_the_list_names_what_ships_and_ones_own_by_its_file(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "list", "--json"]) == 0

    listed = json.loads(capsys.readouterr().out)
    assert {"procure-to-pay", "access", "quarterly"} <= set(listed)
    assert listed["quarterly"]["title"] == "My own"


def test_showing_one_prints_risks_and_the_procedures_that_answer_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "show", "access"]) == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert "ACC-01" in shown
    assert "Conflicting roles" in shown
    assert "unlisted=yes" in shown


def test_a_valid_one_is_said_to_be_valid(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "validate", str(own)]) == 0
    assert "The programme own is valid: 1 procedure for 1 risk." in capsys.readouterr().out


def test_one_that_does_not_fit_ends_with_bad_usage(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.write_text(OWN.replace("JE-02", "JE-99"), encoding="utf-8")

    assert run(["programs", "validate", str(own)]) == 2
    assert "There is no procedure 'JE-99'." in " ".join(capsys.readouterr().err.split())


def test_an_unknown_one_ends_with_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "show", "astrology"]) == 3
    assert "There is no programme 'astrology'." in capsys.readouterr().err
