"""XML as data, and what it may not do."""

import pytest

from audit_agent.documents.text.kinds import XML
from audit_agent.documents.text.model import Outcome
from tests.peers.documents import ubl
from tests.unit.documents.conftest import Reads

_LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)


def test_elements_are_pieces_with_path_and_line(reads: Reads) -> None:
    pieces = {piece.label: piece for piece in reads(ubl(), XML).pieces}

    assert pieces["Invoice/ID"].text == "NP-2025-0417"
    assert pieces["Invoice/ID"].place.line == 3
    assert pieces["Invoice/InvoiceLine[2]/Item/Name"].text == "Toner black"
    assert pieces["Invoice/TaxTotal/TaxAmount@currencyID"].text == "EUR"


def test_one_long_line_still_has_a_place_for_each(reads: Reads) -> None:
    pieces = reads(b"<a><b>1</b><b>2</b></a>", XML).pieces

    assert [(piece.text, piece.place.line, piece.place.cell) for piece in pieces] == [("1", 1, 1), ("2", 1, 2)]


@pytest.mark.parametrize(
    "data",
    [
        f"{_LAUGHS}]><lolz>&j;</lolz>".encode(),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
        b"<a><b></a>",
        b"<a>&nothing;</a>",
        b"",
    ],
)
def test_entities_document_types_and_damage_are_refused(reads: Reads, data: bytes) -> None:
    text = reads(data, XML)

    assert text.outcome == Outcome.DAMAGED
    assert text.pieces == ()


@pytest.mark.parametrize("depth", [230, 5_000, 200_000])
def test_deep_nesting_is_refused(reads: Reads, depth: int) -> None:
    assert reads(b"<a>" * depth + b"</a>" * depth, XML).outcome in (Outcome.TOO_LARGE, Outcome.DAMAGED)
