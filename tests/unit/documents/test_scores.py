"""Scores on documents and answers that others published; the page shows what a fresh run gives."""

from pathlib import Path

import pytest

from tests.peers.document_scores import Asked, score_einvoices, score_pdfs
from tests.unit.docs.scores import counted, print_misses, shown


def test_fields_of_real_invoices(shared_data: Path) -> None:
    asked = score_pdfs(shared_data / "invoice_pdfs")
    print_misses(asked)

    right, all_ = counted(asked)["all"]
    assert right >= 0.85 * all_
    assert counted(asked) == shown("Invoices in PDF")


@pytest.fixture(scope="module")
def einvoices(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Asked], list[Asked]]:
    return score_einvoices(shared_data / "einvoice_ubl" / "tests.tar.gz", tmp_path_factory.mktemp("einvoices"))


def test_fields_of_einvoices(einvoices: tuple[list[Asked], list[Asked]]) -> None:
    fields, _ = einvoices
    print_misses(fields)

    assert [one for one in fields if not one.right] == []
    assert counted(fields) == shown("E-invoices")


def test_sums_of_einvoices_are_judged_as_the_standard_does(einvoices: tuple[list[Asked], list[Asked]]) -> None:
    _, verdicts = einvoices
    print_misses(verdicts)

    assert len(verdicts) >= 30
    assert counted(verdicts) == shown("Rules on sums")
