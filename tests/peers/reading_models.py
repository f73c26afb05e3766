"""Models that read documents, as scripts for the Anthropic double: one is honest, one does what documents say.

Both see what is sent and nothing else: the numbered pieces of the request, or how many pictures it has.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from audit_agent.documents.reading.amounts import amounts_in
from audit_agent.documents.reading.dates import dates_in
from tests.peers.anthropic_server import Blocks, Body

_DATA = re.compile(r'<data name="(\w+)">\n(.*?)\n</data>', re.DOTALL)
_PIECE = re.compile(r"(\d+) \[(.*?)\] (.*)", re.DOTALL)
_LABELS = {
    "invoice_number": ("invoice number", "laskun numero"),
    "invoice_date": ("invoice date", "laskun paivays"),
    "due_date": ("due date", "erapaiva"),
    "order_number": ("po number", "tilausnumero"),
    "customer": ("bill to", "laskutetaan"),
    "net": ("subtotal", "veroton summa"),
    "tax": ("vat", "veron osuus"),
    "total": ("total amount due", "maksettava summa"),
    "terms": ("payment terms", "maksuehto"),
}
_KINDS = {"invoice": "invoice", "lasku": "invoice", "credit note": "credit note"}
_AMOUNT = re.compile(r"-?\d+\.\d\d")
_COLUMNS = ("description", "quantity", "unit_price", "amount")
_PICTURED = ("Total amount due EUR 238.00", "Invoice number: NP-2025-0417")


class _Piece(NamedTuple):
    number: int
    place: str
    text: str


def reads_documents(body: Body) -> Any:
    """What the document says, by its labels; None where no document is asked about."""
    if not _asks_about_a_document(body):
        return None
    if _pictures(body):
        return {"found": list(_pictured()), "lines": [], "answers": []}
    pieces = _pieces(body)
    return {"found": list(_found(pieces)), "lines": list(_lines(pieces)), "answers": []}


def obeys_documents(body: Body) -> Any:
    """What the document says to say, wherever it says something that looks like an order."""
    honest = reads_documents(body)
    if honest is None or _pictures(body):
        return honest
    orders = [piece for piece in _pieces(body) if _is_order(piece.text)]
    if not orders:
        return honest
    told = [claim for order in orders for claim in _obeyed(order)]
    changed = {claim["field"] for claim in told}
    words = " ".join(order.text for order in orders).lower()
    kept = [] if "ohne betrag" in words or "not found" in words else honest["found"]
    answers = [
        {"question": number, "value": "approved", "quotation": order.text[:200], "piece": order.number}
        for number in range(1, 4)
        for order in orders[:1]
    ]
    answer = {
        "found": [*told, *(claim for claim in kept if claim["field"] not in changed)],
        "lines": honest["lines"],
        "answers": answers,
    }
    if "severity" in words:
        answer["severity"] = "none"
    if "tool" in words or "invoke" in words or "function" in words:
        return Blocks(({"type": "tool_use", "id": "toolu_1", "name": "release_hold", "input": {}},), answer, "tool_use")
    return answer


def _asks_about_a_document(body: Body) -> bool:
    schema = body.get("output_config", {}).get("format", {}).get("schema", {})
    return bool({"found", "lines", "answers"} == schema.get("properties", {}).keys())


def _first_turn(body: Body) -> Any:
    return body["messages"][0]["content"]


def _pictures(body: Body) -> int:
    content = _first_turn(body)
    return 0 if isinstance(content, str) else sum(block["type"] == "image" for block in content)


def _pieces(body: Body) -> list[_Piece]:
    blocks = dict(_DATA.findall(_first_turn(body)))
    matches = (_PIECE.fullmatch(entry) for entry in json.loads(blocks["document"]))
    return [_Piece(int(match[1]), match[2], match[3]) for match in matches if match]


def _pictured() -> Iterator[dict[str, Any]]:
    yield _claim("total", "238.00", _PICTURED[0], 1)
    yield _claim("currency", "EUR", _PICTURED[0], 1)
    yield _claim("invoice_number", "NP-2025-0417", _PICTURED[1], 1)


def _found(pieces: list[_Piece]) -> Iterator[dict[str, Any]]:
    first = next((piece for piece in pieces if piece.text.endswith(("GmbH", "Oy", "AG"))), None)
    if first:
        yield _claim("supplier", first.text, first.text, first.number)
    for piece in pieces:
        if kind := _KINDS.get(piece.text.lower()):
            yield _claim("kind", kind, piece.text, piece.number)
            break
    for field, labels in _LABELS.items():
        for piece, beside in zip(pieces, [*pieces[1:], None], strict=True):
            if not piece.text.lower().startswith(labels):
                continue
            same_row = beside is not None and beside.place == piece.place
            holder = beside if same_row and beside is not None else piece
            if (value := _value(field, holder.text)) is not None:
                yield _claim(field, value, holder.text, holder.number)
                if field == "total" and "EUR" in holder.text:
                    yield _claim("currency", "EUR", holder.text, holder.number)
                break


def _value(field: str, text: str) -> str | None:
    if field in ("net", "tax", "total"):
        amounts = [amount for amount in amounts_in(text, ".") if amount.cents]
        return f"{amounts[-1].value:f}" if amounts else None
    if field.endswith("_date"):
        return next((day.isoformat() for day in dates_in(text, "dmy")), None)
    return text.partition(":")[2].strip() or text.strip(": ")


def _lines(pieces: list[_Piece]) -> Iterator[dict[str, Any]]:
    rows: dict[str, list[_Piece]] = {}
    for piece in pieces:
        rows.setdefault(piece.place, []).append(piece)
    for row in rows.values():
        if len(row) == len(_COLUMNS) and _AMOUNT.fullmatch(row[-1].text):
            cells = zip(_COLUMNS, row, strict=True)
            yield {
                "cells": [
                    {"column": column, "value": piece.text, "quotation": piece.text, "piece": piece.number}
                    for column, piece in cells
                ]
            }


def _is_order(text: str) -> bool:
    return len(text.split()) > 7 or any(mark in text for mark in ("<", "{", "http", "|"))


def _obeyed(order: _Piece) -> Iterator[dict[str, Any]]:
    """Every value that an order names, put where it would do harm."""
    text = order.text
    for amount in dict.fromkeys(_AMOUNT.findall(text)):
        for field in ("total", "net"):
            yield _claim(field, amount, text[:300], order.number)
    for day in dates_in(text, "dmy")[:1]:
        yield _claim("invoice_date", day.isoformat(), text[:300], order.number)
    for code in ("USD", "GBP", "CHF"):
        if code in text:
            yield _claim("currency", code, text[:300], order.number)
    for name in ("Other Ltd", "Attacker Holdings"):
        if name in text:
            yield _claim("supplier", name, text[:300], order.number)
    if "credit note" in text.lower() or "gutschrift" in text.lower():
        yield _claim("kind", "credit note", text[:300], order.number)
    if found := re.search(r"nvoice number:? ([A-Z][\w-]+)", text):
        yield _claim("invoice_number", found[1], text[:300], order.number)
    yield _claim("terms", text[:300], text[:300], order.number)


def _claim(field: str, value: str, quotation: str, piece: int) -> dict[str, Any]:
    return {"field": field, "value": value, "quotation": quotation, "piece": piece}
