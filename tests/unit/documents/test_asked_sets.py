"""What an audit may be asked to look at, and the form in which a worker finds it."""

from pathlib import Path

import pytest

from audit_agent.documents.errors import DocumentsPathError
from audit_agent.documents.sets.asked import named_documents


def test_places_become_absolute_whatever_kind_of_set_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "invoices").mkdir()
    (tmp_path / "list.txt").write_text("a.pdf\n")
    monkeypatch.chdir(tmp_path)

    assert named_documents("invoices") == str(tmp_path / "invoices")
    assert named_documents("invoices/*.pdf") == str(tmp_path / "invoices" / "*.pdf")
    assert named_documents("list.txt") == str(tmp_path / "list.txt")


@pytest.mark.parametrize("text", ["s3://bucket/invoices/2025", "column:Invoices_Received.Scan"])
def test_what_is_no_place_stays_as_it_is(text: str) -> None:
    assert named_documents(text) == text


@pytest.mark.parametrize("text", ["nowhere", "https://files.example.com/1.pdf", "one.pdf"])
def test_what_is_no_set_is_refused_before_anything_begins(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.pdf").write_bytes(b"%PDF")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DocumentsPathError):
        named_documents(text)
