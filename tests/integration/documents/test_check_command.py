"""`audit-agent documents check` as a person types it, and the service below it."""

import asyncio
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from audit_agent.cli.main import run
from audit_agent.documents.check import SetCheck, check_documents
from audit_agent.documents.reading.vouching import Verdict
from audit_agent.domain.documents import NotFetched, Problem
from tests.integration.documents.conftest import ON_LOOPBACK
from tests.peers import documents
from tests.peers.document_server import DocumentServer, answer

INVOICES = """Invoice_ID,Invoice_Number,Invoice_Date,Supplier_Account_ID,Invoice_Amount,Amount_Currency
1,NP-2025-0417,2025-10-03,S1,{amount},EUR
2,OTHER-1,2025-10-04,S1,10.00,EUR
"""
SUPPLIERS = b"Supplier_Account_ID,Supplier_Name\nS1,Nordlicht Papier\n"


def _written(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _books(folder: Path, amount: str = "238.00") -> Path:
    invoices = INVOICES.format(amount=amount).encode()
    return _written(folder, {"invoices.csv": invoices, "suppliers.csv": SUPPLIERS})


def _checked(given: Path, books: Path | None = None, limit: int = 1000) -> SetCheck:
    return check_documents(str(given), books, limit, lambda done, wanted: None)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "a.pdf": documents.pdf(),
        "b.xml": documents.ubl(),
        "c.html": documents.html(),
        "corrupt.pdf": b"%PDF-1.4\nnothing more",
        "empty.txt": b"",
        "secret.pdf": documents.pdf(password="password"),
        "huge.txt": documents.text().replace(b"238.00", b"9" * 60 + b".00"),
        "mail.eml": documents.mail(attached=("inside.pdf", documents.pdf())),
    }
    return _written(tmp_path_factory.mktemp("mixed") / "documents", files)


def test_a_mixed_folder_shows_what_each_document_says_or_why_it_says_nothing(
    mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["documents", "check", str(mixed), "--books", str(_books(tmp_path / "books"))]) == 0

    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    said = "invoice NP-2025-0417 of 2025-10-03, 238.00 EUR; 12 of 12 fields supported"
    assert lines[0].startswith("8 documents, ")
    assert "  application/pdf: 3" in lines
    for name in ("a.pdf", "b.xml", "c.html", "mail.eml", "mail.eml!/inside.pdf"):
        assert f"{name}: {said}" in lines
    assert any(line.startswith("corrupt.pdf: damaged: ") for line in lines)
    assert "empty.txt: empty: it has no bytes" in lines
    assert "secret.pdf: encrypted: The PDF is encrypted. Ask for a copy without a password." in lines
    assert lines[-1] == "6 read, 3 not read; against the books: agrees 4, differs 0, not found 1."
    assert shown.err == ""


def test_the_json_holds_the_records(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["documents", "check", str(mixed), "--limit", "2", "--json"]) == 0

    result = SetCheck.model_validate_json(capsys.readouterr().out)
    assert (result.count, [outcome.entry.name for outcome in result.outcomes]) == (8, ["a.pdf", "b.xml"])
    assert all(outcome.read and outcome.books is None for outcome in result.outcomes)


def test_what_is_left_out_by_the_limit_is_said(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["documents", "check", str(mixed), "--limit", "1"]) == 0
    assert "Only the first 1 of 8 are read; --limit sets how many." in capsys.readouterr().out


def test_this_machine_is_not_asked_and_refused_lines_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("http://127.0.0.1:9/1.pdf\n../2.pdf\nhttp://[::ffff:10.0.0.1]/3.pdf\n", encoding="utf-8")

    assert run(["documents", "check", str(listed)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "  list.txt, line 2: it lies outside the folder of the set" in lines
    assert "http://127.0.0.1:9/1.pdf: refused address: 127.0.0.1 is this machine" in lines
    assert any(line.startswith("http://[::ffff:10.0.0.1]/3.pdf: refused address: ") for line in lines)
    assert lines[-1] == "0 read, 2 not read."


def test_books_agree_or_differ_and_a_list_may_name_the_row(tmp_path: Path) -> None:
    other = documents.ubl().replace(b"NP-2025-0417", b"NP-9")
    given = _written(
        tmp_path / "documents", {"a.xml": documents.ubl(), "b.xml": documents.ubl("again"), "c.xml": other}
    )
    (given / "list.csv").write_text("path,Invoice_ID\na.xml,\nb.xml,2\nc.xml,\n", encoding="utf-8")

    outcomes = _checked(given / "list.csv", _books(tmp_path / "books", amount="200.00")).outcomes

    by_number, named, unknown = (outcome.books for outcome in outcomes)
    assert by_number is not None
    assert (by_number.verdict, by_number.source_row) == (Verdict.DIFFERS, 2)
    assert "The books are 38.00 EUR below the document." in by_number.reason
    assert named is not None
    assert (named.verdict, named.source_row) == (Verdict.DIFFERS, 3)
    assert unknown is not None
    assert unknown.reason == "The books do not carry an invoice numbered NP-9."


@pytest.fixture
def server() -> Iterator[DocumentServer]:
    """Serves from a loop of its own, since a check runs one too."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    served = DocumentServer()
    asyncio.run_coroutine_threadsafe(served.__aenter__(), loop).result()
    yield served
    asyncio.run_coroutine_threadsafe(served.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_dead_link_is_an_outcome_and_the_next_document_is_read(server: DocumentServer, tmp_path: Path) -> None:
    server.answers = {"/dead.xml": answer(status="404 Not Found"), "/1.xml": answer(documents.ubl())}
    listed = tmp_path / "list.txt"
    listed.write_text(f"{server.url('/dead.xml')}\n{server.url('/1.xml')}\n", encoding="utf-8")

    dead, alive = check_documents(str(listed), None, 10, lambda done, wanted: None, ON_LOOPBACK).outcomes

    assert isinstance(dead.fetched, NotFetched)
    assert dead.fetched.problem is Problem.DEAD_LINK
    assert alive.read


def test_a_document_cannot_speak_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "\x1b]0;owned\x07.txt"
    given = _written(tmp_path / "documents", {name: b"words\n", "a.txt": b"words\n"})

    assert run(["documents", "check", str(given)]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing"], 2, "There is nothing at missing."),
        (["nothing"], 2, "The document set is empty."),
        (["https://files.example.com/1.pdf"], 2, "is one address and no set"),
        (["some", "--books", "missing"], 2, "missing"),
        (["some", "--books", "suppliers.csv"], 3, "The books carry no table Invoices_Received."),
        (["some", "--limit", "0"], 2, "--limit"),
    ],
)
def test_bad_input_is_one_message(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suppliers.csv").write_bytes(SUPPLIERS)
    _written(tmp_path / "nothing", {})
    _written(tmp_path / "some", {"a.txt": b"words\n"})

    assert run(["documents", "check", *arguments]) == code
    assert message in capsys.readouterr().err


def test_nothing_is_left_behind(mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = _written(tmp_path / "temporary", {})
    monkeypatch.setattr("tempfile.tempdir", os.fspath(temporary))
    before = sorted(mixed.iterdir())

    _checked(mixed, limit=2)

    assert sorted(mixed.iterdir()) == before
    assert list(temporary.iterdir()) == []
