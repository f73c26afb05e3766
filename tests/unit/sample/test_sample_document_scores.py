"""The sample's documents as rules read them; the page shows what a fresh run gives."""

import pytest

from tests.peers.document_scores import Asked
from tests.peers.sample_document_scores import score_sample
from tests.unit.docs.scores import counted, print_misses, shown

SEED = 12
"""A seed that nobody looked at while the rules were written."""


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Asked], list[Asked], list[Asked]]:
    return score_sample(tmp_path_factory.mktemp("scored"), SEED)


def test_fields_of_pdf_and_html(scores: tuple[list[Asked], list[Asked], list[Asked]]) -> None:
    pages, _, _ = scores
    print_misses(pages)

    right, asked = counted(pages)["all"]
    assert right >= 0.9 * asked
    assert counted(pages) == shown("Generated documents in PDF and HTML")


def test_fields_of_ubl(scores: tuple[list[Asked], list[Asked], list[Asked]]) -> None:
    _, data, _ = scores

    assert [one for one in data if not one.right] == []


def test_verdicts_against_the_books(scores: tuple[list[Asked], list[Asked], list[Asked]]) -> None:
    _, _, verdicts = scores
    print_misses(verdicts)

    right, asked = counted(verdicts)["all"]
    assert asked == 200
    assert right >= 0.95 * asked
    assert counted(verdicts) == shown("Generated documents against the books")
