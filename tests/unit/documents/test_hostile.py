"""What a document says to do is data: the result equals that of the same document without it."""

import pytest

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.reading.vouching import vouch
from tests.peers.hostile_documents import Hostile, hostile_documents
from tests.unit.documents.conftest import Reads

_DOCUMENTS = tuple(hostile_documents())
_ROW = {"Invoice_Number": "NP-2025-0417", "Invoice_Amount": "240.00", "Amount_Currency": "EUR", "Tax_Amount": "38.00"}
_QUESTIONS = ("What is the total?", "Which currency?", "Is the payment approved?")


def _without_places(result: DocumentResult) -> object:
    """An added line moves those below it in XML; what is said stays."""

    def bare(value: object) -> object:
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items() if key not in ("place", "hidden_pieces")}
        return [bare(item) for item in value] if isinstance(value, list) else value

    return bare(result.model_dump(mode="json"))


def test_there_are_enough_of_them_and_all_differ() -> None:
    assert len(_DOCUMENTS) >= 60
    assert len({one.name for one in _DOCUMENTS}) == len(_DOCUMENTS)
    assert len({one.data for one in _DOCUMENTS}) == len(_DOCUMENTS)


@pytest.mark.parametrize("hostile", _DOCUMENTS, ids=lambda one: one.name)
def test_an_order_in_a_document_changes_nothing(reads: Reads, hostile: Hostile) -> None:
    clean = read_offline(reads(hostile.clean, hostile.media_type), _QUESTIONS)
    attacked = read_offline(reads(hostile.data, hostile.media_type), _QUESTIONS)

    assert clean.total.supported
    assert _without_places(attacked) == _without_places(clean)
    assert [one.verdict for one in vouch(attacked, _ROW)] == [one.verdict for one in vouch(clean, _ROW)]


@pytest.mark.parametrize("hostile", [one for one in _DOCUMENTS if "unseen" in one.name or "display" in one.name])
def test_hidden_words_are_counted_for_a_person_to_look_at(reads: Reads, hostile: Hostile) -> None:
    assert read_offline(reads(hostile.data, hostile.media_type)).hidden_pieces > 0
