"""Scores beside those that the page on documents shows."""

import re
from collections import Counter

from tests.peers.document_scores import Asked
from tests.unit.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "document-scores.md"
_ROW = re.compile(r"^\| ([\w .-]+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def counted(asked: list[Asked]) -> dict[str, tuple[int, int]]:
    """Right and asked of each field, and of all."""
    all_ = Counter(one.field for one in asked)
    right = Counter(one.field for one in asked if one.right)
    return {field: (right[field], all_[field]) for field in all_} | {"all": (right.total(), all_.total())}


def shown(heading: str) -> dict[str, tuple[int, int]]:
    """The same, as the page has it below a heading."""
    section = _PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return {field: (int(right), int(asked)) for field, right, asked in _ROW.findall(section)}


def print_misses(asked: list[Asked]) -> None:
    """For `pytest -s`: what was missed, and as what it was read."""
    print(counted(asked))
    for one in asked:
        if not one.right:
            print(f"{one.document}: {one.field} is {one.expected!r}, read {one.read!r}")
