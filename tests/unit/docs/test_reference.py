"""The reference pages say what the code says."""

import pytest

from scripts.reference import FOLDER, PAGES
from scripts.reference.errors import errors

_BY_HAND = {"bank-scores.md", "document-scores.md", "einvoice-scores.md", "journal-scores.md", "matching-scores.md"}
"""Compared with a fresh run by tests/unit/documents/test_scores.py."""


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_the_code_has_it(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run `make docs` and commit what it wrote"


def test_no_reference_page_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*PAGES, *_BY_HAND}


def test_every_error_says_what_it_means() -> None:
    assert [kind.__name__ for kind in errors() if not kind.__dict__.get("__doc__")] == []
