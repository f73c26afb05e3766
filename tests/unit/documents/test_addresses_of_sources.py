"""What a list may name as a document, and in which form it is kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.documents.sets.address import NoSourceError, is_address, name_of, normal_source

ROOT = Path("/srv/documents")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.com/a%20b.pdf?x=1", "https://example.com/a%20b.pdf?x=1"),
        ("s3://bucket/a b#1.pdf", "s3://bucket/a b#1.pdf"),
        ("2025/a.pdf", "2025/a.pdf"),
        ("./2025//../a.pdf", "a.pdf"),
        ("/srv/documents/2025/a.pdf", "2025/a.pdf"),
        ("file:///srv/documents/a%20b.pdf", "a b.pdf"),
        ("..a.pdf", "..a.pdf"),
    ],
)
def test_a_source_has_one_form(written: str, kept: str) -> None:
    assert normal_source(written, ROOT) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("../a.pdf", "outside"),
        ("/etc/passwd", "outside"),
        ("file:///etc/passwd", "outside"),
        ("file:///srv/documents/%2e%2e/a", "outside"),
        ("file:///srv/documents/a%00b", "control characters"),
        ("file://elsewhere/a.pdf", "another machine"),
        ("gopher://example.com/", "gopher:// is no kind"),
        ("https:///a.pdf", "no host"),
        ("https://example.com:99999/", "no address"),
        ("https://[::1/", "no address"),
        ("https://user:secret@example.com/", "password"),
        ("https://example.com/" + "a" * 9000, "longer than"),
        ("a\x00b", "control characters"),
    ],
)
def test_what_is_no_source_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(NoSourceError, match=reason):
        normal_source(written, ROOT)


def test_a_set_without_a_folder_has_no_paths() -> None:
    with pytest.raises(NoSourceError, match="no folder"):
        normal_source("a.pdf", None)


@given(st.text(max_size=40))
def test_a_path_never_leaves_the_root(written: str) -> None:
    try:
        kept = normal_source(written, ROOT)
    except NoSourceError:
        return
    assert is_address(kept) or not {"..", ""} & set(Path(kept).parts)


def test_documents_are_called_by_the_last_part_of_their_path() -> None:
    assert name_of("https://example.com/x/a%20b.pdf?download=1") == "a b.pdf"
    assert name_of("s3://bucket/x/a%20b#2.pdf") == "a%20b#2.pdf"
    assert name_of("2025/a.pdf") == "a.pdf"
    assert name_of("https://example.com") == "https://example.com"
