"""Scores on documents and answers that others published; the page shows what a fresh run gives."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.peers.document_scores import Asked, score_einvoices, score_pdfs
from tests.unit.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "document-scores.md"
_ROW = re.compile(r"^\| ([\w .-]+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def _counted(asked: list[Asked]) -> dict[str, tuple[int, int]]:
    """Right and asked of each field, and of all."""
    all_ = Counter(one.field for one in asked)
    right = Counter(one.field for one in asked if one.right)
    return {field: (right[field], all_[field]) for field in all_} | {"all": (right.total(), all_.total())}


def _shown(heading: str) -> dict[str, tuple[int, int]]:
    section = _PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return {field: (int(right), int(asked)) for field, right, asked in _ROW.findall(section)}


def _print(asked: list[Asked]) -> None:
    print(_counted(asked))
    for one in asked:
        if not one.right:
            print(f"{one.document}: {one.field} is {one.expected!r}, read {one.read!r}")


def test_fields_of_real_invoices(shared_data: Path) -> None:
    asked = score_pdfs(shared_data / "invoice_pdfs")
    _print(asked)

    right, all_ = _counted(asked)["all"]
    assert right >= 0.85 * all_
    assert _counted(asked) == _shown("Invoices in PDF")


@pytest.fixture(scope="module")
def einvoices(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Asked], list[Asked]]:
    return score_einvoices(shared_data / "einvoice_ubl" / "tests.tar.gz", tmp_path_factory.mktemp("einvoices"))


def test_fields_of_einvoices(einvoices: tuple[list[Asked], list[Asked]]) -> None:
    fields, _ = einvoices
    _print(fields)

    assert [one for one in fields if not one.right] == []
    assert _counted(fields) == _shown("E-invoices")


def test_sums_of_einvoices_are_judged_as_the_standard_does(einvoices: tuple[list[Asked], list[Asked]]) -> None:
    _, verdicts = einvoices
    _print(verdicts)

    assert len(verdicts) >= 30
    assert _counted(verdicts) == _shown("Rules on sums")
