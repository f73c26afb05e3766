"""A process of its own: limits hold, and its death is an outcome of one document."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.kinds import PDF, TEXT, XLSX
from audit_agent.documents.text.limits import MEGABYTE, TextLimits
from audit_agent.documents.text.model import Outcome
from audit_agent.documents.text.processes import TextReader
from tests.peers.documents import pdf, text, xlsx


@pytest.fixture(scope="module")
def reader() -> Iterator[TextReader]:
    with TextReader() as reader:
        yield reader


def test_the_child_reads_what_this_process_reads(reader: TextReader, tmp_path: Path) -> None:
    for name, data, kind in (("a", pdf(attached=("x.xml", b"<x/>")), PDF), ("b", text(), TEXT), ("c", b"?", "x/y")):
        path = tmp_path / name
        path.write_bytes(data)
        assert reader.read(path, kind, tmp_path) == extract(path, kind, TextLimits(), tmp_path)


def test_a_missing_file_is_an_outcome_and_the_child_lives_on(reader: TextReader, tmp_path: Path) -> None:
    missing = reader.read(tmp_path / "missing", TEXT)
    (tmp_path / "a").write_bytes(text())

    assert missing.outcome == Outcome.DAMAGED
    assert reader.read(tmp_path / "a", TEXT).outcome == Outcome.READ


def test_a_child_that_dies_is_replaced(reader: TextReader, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(text())
    reader.read(path, TEXT)
    child = reader._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)

    outcomes = [reader.read(path, TEXT).outcome for _ in range(2)]

    assert outcomes[-1] == Outcome.READ


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux limits the address space of a process.")
def test_memory_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "a"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="str"><v>{n * 7919}</v></c></row>' for n in range(1, 150_000))
    path.write_bytes(xlsx(f"<sheetData>{rows}</sheetData>"))
    with TextReader(TextLimits(memory=160 * MEGABYTE)) as reader:
        found = reader.read(path, XLSX)
        path.write_bytes(text())
        after = reader.read(path, TEXT)

    assert found.outcome in (Outcome.NOT_FINISHED, Outcome.DAMAGED)
    assert after.outcome == Outcome.READ


def test_time_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a\tb\n" * 2_000_000)
    generous = replace(TextLimits(), seconds=0, pieces=100_000_000, characters=10**9)
    with TextReader(generous) as reader:
        found = reader.read(path, TEXT)

    assert found.outcome == Outcome.NOT_FINISHED
    assert "longer than 0 seconds" in found.reason


def test_the_child_has_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    (tmp_path / "a").write_bytes(text())
    with TextReader() as reader:
        reader.read(tmp_path / "a", TEXT)
        assert reader._child is not None
        if sys.platform == "linux":
            assert b"secret" not in Path(f"/proc/{reader._child.pid}/environ").read_bytes()
