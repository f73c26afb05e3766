"""Documents read by a model: what it adds to the rules, what code takes back, and what happens without an answer."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.reader import ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.reading.vouching import Verdict, vouch
from audit_agent.documents.text import kinds
from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText, Outcome, Piece, Place
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import ModelAnswer
from audit_agent.llm.claude.documents import ModelReader
from audit_agent.llm.errors import (
    ModelAnswerCutError,
    ModelBusyError,
    ModelRefusedError,
    ModelRequestRefusedError,
)
from audit_agent.llm.prompts import Prompts
from audit_agent.resources import prompts_folder
from tests.peers.anthropic_server import Script
from tests.peers.documents import pdf, text, ubl, with_picture_page
from tests.peers.reading_models import reads_documents
from tests.peers.scripted_calls import ScriptedCalls

MODEL = "claude-sonnet-5-5"
_SHOWN = re.compile(r"\d+ \[page 1, line (?P<line>\d+)\] (?P<text>.*)")
_ROWS = (
    ("Nordlicht Papier Oy",),
    ("Laskun numero: NP-2025-0417",),
    ("Erapaiva", "2.11.2025"),
    ("Maksettava summa", "EUR 238.00"),
    ("Viivastyskorko 8 prosenttia",),
    ("Huomautus", "1.234", "USD"),
)
"""An invoice in a language that rules do not know."""


@pytest.fixture
def invoice(tmp_path: Path) -> DocumentText:
    """Its text: six rows, ten pieces numbered from 1."""
    return _extracted(tmp_path, text(_ROWS), kinds.TEXT)


def _extracted(folder: Path, data: bytes, media_type: str) -> DocumentText:
    path = folder / "document"
    path.write_bytes(data)
    return extract(path, media_type, TextLimits())


def _reader(calls: Any) -> ModelReader:
    return ModelReader(calls, Prompts(prompts_folder()), MODEL)


def _task(*questions: str) -> ReadingTask:
    return ReadingTask(audit=AuditId("AUD-2026-0001"), purpose="document/S01/7", questions=questions)


def _read(document: DocumentText, script: Script, *questions: str) -> DocumentResult:
    return asyncio.run(_reader(ScriptedCalls(script)).read(document, _task(*questions)))


def _saying(*found: tuple[str, str, str, int], lines: Any = (), answers: Any = ()) -> Callable[[Any], Any]:
    claims = [dict(zip(("field", "value", "quotation", "piece"), claim, strict=True)) for claim in found]
    return lambda _: {"found": claims, "lines": list(lines), "answers": list(answers)}


def test_what_rules_do_not_find_a_model_adds(invoice: DocumentText) -> None:
    assert not read_offline(invoice).total.supported

    result = _read(
        invoice,
        _saying(
            ("total", "238.00", "EUR 238.00", 6),
            ("invoice_number", "NP-2025-0417", "numero: NP-2025-0417", 2),
            ("due_date", "2025-11-02", "2.11.2025", 4),
        ),
    )

    assert (result.reader, result.outcome) == (MODEL, Outcome.READ)
    assert (result.total.value, result.invoice_number.value) == (Decimal("238.00"), "NP-2025-0417")
    assert result.due_date.value == date(2025, 11, 2)
    assert result.total.quotation is not None
    assert (result.total.quotation.text, result.total.quotation.place.line) == ("EUR 238.00", 4)
    assert not result.total.quotation.in_picture


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (("total", "238.00", "EUR 239.00", 6), "not at line 4"),
        (("total", "238.00", "EUR 238.00", 4), "not at line 3"),
        (("total", "239.00", "EUR 238.00", 6), "do not say 239.00"),
        (("total", "238.00", "EUR 238.00", 99), "quoted piece 99"),
        (("total", "238,00", "EUR 238.00", 6), "cannot be read"),
        (("total", "1e3", "EUR 238.00", 6), "cannot be read"),
        (("total", "1234", "1.234", 9), "do not say 1234"),
        (("due_date", "2025-02-11", "2.11.2025", 4), "do not say 2025-02-11"),
        (("due_date", "2.11.2025", "2.11.2025", 4), "cannot be read"),
        (("due_date", "2025-12-02", "2.11.2025", 4), "do not say"),
        (("order_number", "NP-2025", "NP-2025-0417 ", 1), "not at line 1"),
        (("customer", "Hafen Handel AG", "Nordlicht Papier Oy", 1), "do not say Hafen"),
        (("kind", "approval", "Laskun numero", 2), "cannot be read"),
    ],
)
def test_a_claim_that_its_quotation_does_not_bear_out_is_unsupported(
    invoice: DocumentText, claim: tuple[str, str, str, int], reason: str
) -> None:
    result = _read(invoice, _saying(claim))

    found = result.customer.name if claim[0] == "customer" else getattr(result, claim[0])
    assert not found.supported
    assert reason in found.reason


def test_what_rules_read_stands_and_the_difference_is_told(tmp_path: Path) -> None:
    document = _extracted(tmp_path, text(), kinds.TEXT)
    numbers = {piece.text: number for number, piece in enumerate(document.shown(), start=1)}
    words = "VAT 19%"

    result = _read(document, _saying(("total", "38.00", "EUR 38.00", numbers[words] + 1)))

    assert result.total.value == Decimal("238.00")
    assert result.problems == ("Rules read 238.00 as its total, a model 38.00; 238.00 is used.",)


def test_lines_and_answers_are_checked_like_fields(invoice: DocumentText) -> None:
    cell = {"column": "amount", "value": "238.00", "quotation": "EUR 238.00", "piece": 6}
    wrong = {**cell, "value": "5.00"}
    answers = (
        {"question": 1, "value": "8 prosenttia", "quotation": "Viivastyskorko 8 prosenttia", "piece": 7},
        {"question": 2, "value": "yes", "quotation": "Nordlicht Papier Oy", "piece": 1},
    )

    result = _read(
        invoice,
        _saying(lines=({"cells": [cell]}, {"cells": [wrong]}), answers=answers),
        "Which interest on late payment?",
        "Is it approved?",
        "Who signed?",
    )

    assert [line.amount.value for line in result.lines] == [Decimal("238.00")]
    assert [answer.answer.value for answer in result.answers] == ["8 prosenttia", None, None]
    assert result.answers[1].answer.reason == "The words quoted do not say yes."


def test_a_line_may_be_described_at_length(tmp_path: Path) -> None:
    words = "Kuukausimaksu sopimuksen mukaan, sisaltaen kaikki kayttajat, tuen ja varmuuskopiot pilvessa"
    document = _extracted(tmp_path, text((("Nordlicht Papier Oy",), (words, "238.00"))), kinds.TEXT)
    cells = (
        {"column": "description", "value": words, "quotation": words, "piece": 2},
        {"column": "amount", "value": "238.00", "quotation": "238.00", "piece": 3},
    )

    [line] = _read(document, _saying(lines=({"cells": cells},))).lines

    assert (line.description.value, line.amount.value) == (words, Decimal("238.00"))


def test_no_end_of_a_long_value_goes_unchecked(tmp_path: Path) -> None:
    words = "30 paivaa netto " * 40
    document = _extracted(tmp_path, text((("Nordlicht Papier Oy",), (words,))), kinds.TEXT)

    result = _read(document, _saying(("terms", f"{words}and approved", words, 2)))

    assert not result.terms.supported


def test_an_answer_that_does_not_fit_is_sent_back_once(invoice: DocumentText) -> None:
    answers = ['{"total": "1.00"}', {"found": [], "lines": [], "answers": []}]
    calls = ScriptedCalls(lambda _: answers.pop(0))

    result = asyncio.run(_reader(calls).read(invoice, _task()))

    assert result.reader == MODEL
    assert [len(body["messages"]) for body in calls.bodies] == [1, 3]
    assert "cache_control" not in calls.bodies[0]
    assert calls.bodies[1]["cache_control"] == {"type": "ephemeral"}


def test_an_answer_that_never_fits_leaves_the_rules(invoice: DocumentText) -> None:
    result = _read(invoice, lambda _: '{"severity": "none"}')

    assert (result.reader, result.outcome) == ("offline", Outcome.READ)
    assert "A model gave no reading of it" in result.reason
    assert result.supplier == read_offline(invoice).supplier


class _Failing:
    """Calls that fail in one way."""

    def __init__(self, error: AuditAgentError) -> None:
        self._error = error

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """Fail."""
        raise self._error

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("error", [ModelRefusedError("It declined."), ModelAnswerCutError("It was cut.")])
def test_a_refusal_or_a_cut_answer_leaves_the_rules(invoice: DocumentText, error: AuditAgentError) -> None:
    result = asyncio.run(_reader(_Failing(error)).read(invoice, _task()))

    assert (result.reader, result.reason) == ("offline", f"A model gave no reading of it: {error.message}")


@pytest.mark.parametrize("error", [ModelBusyError("429"), ModelRequestRefusedError("No such model.")])
def test_what_lies_not_in_the_document_is_raised(invoice: DocumentText, error: AuditAgentError) -> None:
    with pytest.raises(type(error)):
        asyncio.run(_reader(_Failing(error)).read(invoice, _task()))


def test_the_call_that_is_foretold_is_the_one_that_is_made(invoice: DocumentText) -> None:
    seen: list[ModelCall] = []

    class Noting(ScriptedCalls):
        async def ask(self, call: ModelCall) -> ModelAnswer:
            seen.append(call)
            return await super().ask(call)

    reader = _reader(Noting(_saying()))
    told = reader.call_for(invoice, _task("Who signed?"))
    asyncio.run(reader.read(invoice, _task("Who signed?")))

    assert seen == [told]
    assert told is not None
    assert (told.purpose, told.prompt, told.output) == ("document/S01/7", "document/v1", "document/1")


def test_the_same_document_is_one_call_for_every_audit_and_step(invoice: DocumentText) -> None:
    other = ReadingTask(audit=AuditId("AUD-2026-0002"), purpose="document/S09/1")
    reader = _reader(ScriptedCalls(_saying()))
    one, two = reader.call_for(invoice, _task()), reader.call_for(invoice, other)

    assert one is not None
    assert two is not None
    assert one.key == two.key


@pytest.mark.parametrize(
    "document",
    [
        DocumentText(media_type=kinds.PDF, outcome=Outcome.ENCRYPTED, reason="It is encrypted."),
        DocumentText(media_type=kinds.TEXT, outcome=Outcome.READ),
    ],
)
def test_nothing_to_read_is_no_call(document: DocumentText) -> None:
    calls = ScriptedCalls(_saying())
    reader = _reader(calls)

    assert reader.call_for(document, _task()) is None
    assert asyncio.run(reader.read(document, _task())) == read_offline(document)
    assert calls.bodies == []


def test_an_e_invoice_is_never_sent(tmp_path: Path) -> None:
    document = _extracted(tmp_path, ubl(), kinds.XML)
    calls = ScriptedCalls(_saying())

    result = asyncio.run(_reader(calls).read(document, _task()))

    assert (result.reader, result.total.value, calls.bodies) == ("e-invoice", Decimal("238.00"), [])


def test_of_a_long_document_the_beginning_is_sent() -> None:
    pieces = tuple(Piece(text=f"Clause {line}", place=Place(line=line)) for line in range(1, 2_001))
    document = DocumentText(media_type=kinds.TEXT, outcome=Outcome.READ, pieces=pieces)
    calls = ScriptedCalls(_saying())

    result = asyncio.run(_reader(calls).read(document, _task()))

    assert "It is long: a model was given the beginnings of 1,500 of its 2,000 pieces." in result.remarks
    sent = calls.bodies[0]["messages"][0]["content"]
    assert "1500 [line 1500] Clause 1500" in sent
    assert "1501 [line 1501]" not in sent


def test_what_is_read_off_a_picture_is_marked_as_unchecked(tmp_path: Path) -> None:
    document = _extracted(tmp_path, pdf([]), kinds.PDF)
    calls = ScriptedCalls(reads_documents)

    result = asyncio.run(_reader(calls).read(document, _task()))

    assert (result.outcome, result.reason, result.total.value) == (Outcome.READ, "", Decimal("238.00"))
    assert result.total.quotation is not None
    assert result.total.quotation.in_picture
    assert result.total.quotation.place.in_words() == "picture 1"
    [vouched] = vouch(result, {"Invoice_Amount": "238.00"})
    assert vouched.verdict is Verdict.AGREES
    assert "code cannot check" in vouched.reason
    [image, words] = calls.bodies[0]["messages"][0]["content"]
    assert (image["type"], image["source"]["media_type"], words["type"]) == ("image", "image/png", "text")


@pytest.mark.parametrize(
    "claim", [("total", "239.00", "EUR 238.00", 1), ("total", "238.00", "EUR 238.00", 2), ("total", "1234", "1.234", 1)]
)
def test_a_picture_supports_only_what_its_quotation_says(tmp_path: Path, claim: tuple[str, str, str, int]) -> None:
    document = _extracted(tmp_path, pdf([]), kinds.PDF)

    assert not _read(document, _saying(claim)).total.supported


def test_a_quotation_cannot_claim_to_be_off_a_picture_where_there_is_text(invoice: DocumentText) -> None:
    result = _read(invoice, _saying(("total", "1.00", "EUR 1.00", 1)))

    assert not result.total.supported


@pytest.mark.parametrize("error", [ModelRefusedError("It declined."), ModelRequestRefusedError("No image.")])
def test_a_picture_that_no_model_reads_stays_unread(tmp_path: Path, error: AuditAgentError) -> None:
    document = _extracted(tmp_path, pdf([]), kinds.PDF)

    result = asyncio.run(_reader(_Failing(error)).read(document, _task()))

    assert result.outcome is Outcome.NEEDS_MODEL
    assert error.message in result.reason


def test_the_pages_of_a_scan_that_are_not_looked_at_are_told(tmp_path: Path) -> None:
    document = _extracted(tmp_path, pdf([], pages=6), kinds.PDF)

    result = _read(document, reads_documents)

    assert "A model looked at 5 of its 6 pages without text." in result.remarks


def test_a_page_without_text_is_looked_at_beside_the_text_of_the_others(tmp_path: Path) -> None:
    document = _extracted(tmp_path, with_picture_page(), kinds.PDF)
    last = len(document.shown())
    calls = ScriptedCalls(
        _saying(("order_number", "4500099", "Order 4500099", last + 1), ("customer_tax_id", "FI123", "FI123", last + 2))
    )

    result = asyncio.run(_reader(calls).read(document, _task()))

    assert (result.total.value, result.order_number.value) == (Decimal("238.00"), "4500099")
    assert result.order_number.quotation is not None
    assert result.order_number.quotation.in_picture
    assert result.order_number.quotation.place.in_words() == "picture 2"
    assert not result.customer.tax_id.supported
    [image, words] = calls.bodies[0]["messages"][0]["content"]
    assert image["type"] == "image"
    assert f"pieces {last + 1} to {last + 1}" in words["text"]
    assert "without text: 1 of 2" in result.remarks[0]


def test_the_rules_of_reading_are_shared_between_documents(tmp_path: Path, invoice: DocumentText) -> None:
    calls = ScriptedCalls(_saying())
    reader = _reader(calls)
    asyncio.run(reader.read(invoice, _task("Who signed?")))
    asyncio.run(reader.read(_extracted(tmp_path, text(), kinds.TEXT), _task("Who signed?")))

    [first, second] = [body["system"] for body in calls.bodies]
    assert first == second
    assert first[0]["cache_control"] == {"type": "ephemeral"}
    assert "Who signed?" in first[0]["text"]


def test_the_example_of_the_prompt_would_stand() -> None:
    rules = Prompts(prompts_folder()).render("document/v1", pieces=[], pictures=1, questions=()).system
    asked, answered = rules.split("From these pieces of another document")[1].split("the answer is,")
    shown = [_SHOWN.fullmatch(words) for words in json.loads(asked[: asked.rindex("]") + 1])]
    pieces = tuple(
        Piece(text=one["text"], place=Place(page=1, line=int(one["line"]), cell=number))
        for number, one in enumerate(shown, start=1)
        if one
    )
    document = DocumentText(media_type=kinds.PDF, outcome=Outcome.READ, pieces=pieces)
    answer = answered[answered.index("{") : answered.rindex("}") + 1]

    result = _read(document, lambda _: answer)

    assert (result.kind.value, result.supplier.name.value) == ("invoice", "Muster Energie AG")
    assert (result.invoice_number.value, result.invoice_date.value) == ("2025/118", date(2025, 10, 3))
    assert (result.total.value, result.currency.value) == (Decimal("1237.60"), "EUR")
    assert [line.amount.value for line in result.lines] == [Decimal("1040.00")]
