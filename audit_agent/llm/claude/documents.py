"""Documents read by a model, beside the rules: it quotes, code checks, and what a document says to do is data."""

import asyncio

from audit_agent.documents.reading.einvoices import is_einvoice
from audit_agent.documents.reading.reader import OfflineReader, ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.reading.settling import settle
from audit_agent.documents.text.model import DocumentText
from audit_agent.llm.call import Image, ModelCall
from audit_agent.llm.calls import Calls
from audit_agent.llm.claude.claims import Sent, claimed, sent
from audit_agent.llm.claude.typed import Asker, Question
from audit_agent.llm.claude.wire import WireDocument
from audit_agent.llm.errors import (
    ModelAnswerCutError,
    ModelAnswerInvalidError,
    ModelRefusedError,
    ModelRequestRefusedError,
)
from audit_agent.llm.prompts import Prompts

_TOKENS = 12_000
"""Room for the answer and for the model's thinking, which counts as output."""
_NO_USE = (ModelRefusedError, ModelAnswerCutError, ModelAnswerInvalidError)
"""Answers that asking again would not better; rules can read a document instead."""


class ModelReader:
    """Implements `documents.reading.reader.DocumentReader` with a model. E-invoices are data, and never sent."""

    def __init__(self, calls: Calls, prompts: Prompts, model: str) -> None:
        self._asker = Asker(calls, prompts, model)
        self._prompts = prompts
        self._model = model
        self._rules = OfflineReader()

    def call_for(self, text: DocumentText, asked: ReadingTask) -> ModelCall | None:
        """The call that `read` makes first; None where it makes none."""
        question = self._question(sent(text), text, asked)
        return None if question is None else self._asker.call_for(question)

    async def read(self, text: DocumentText, asked: ReadingTask) -> DocumentResult:
        """What rules and the model read, checked. An answer without use leaves the rules' result, which says so.

        Raises what `Calls.ask` raises for reasons that lie not in the document.
        """
        rules = await self._rules.read(text, asked)
        given = sent(text)
        question = self._question(given, text, asked)
        if question is None:
            return rules
        try:
            checked = await self._asker.ask(question, lambda _: ())
        except _NO_USE as error:
            return _by_rules(rules, error.message)
        except ModelRequestRefusedError as error:
            if not given.pictures:
                raise
            # A picture that the service cannot open; text is always such that it can be sent.
            return _by_rules(rules, error.message)
        claims = claimed(checked.answer, given, asked.questions, self._model)
        # In a thread: the loop has other documents in flight.
        settled = await asyncio.to_thread(settle, rules, claims, text, asked.questions)
        return settled.model_copy(update={"remarks": (*settled.remarks, *given.left_out)})

    def _question(self, given: Sent, text: DocumentText, asked: ReadingTask) -> Question[WireDocument] | None:
        if is_einvoice(text) or not (given.pieces or given.pictures):
            return None
        prompt = self._prompts.render(
            "document/v1", pieces=given.numbered(), pictures=len(given.pictures), questions=asked.questions
        )
        images = tuple(Image.model_validate({"media_type": one.media_type, "data": one.data}) for one in given.pictures)
        return Question(asked.audit, asked.purpose, prompt, "document/1", WireDocument, _TOKENS, images)


def _by_rules(rules: DocumentResult, why: str) -> DocumentResult:
    """What rules made of it, with the reason why no model read it."""
    return rules.model_copy(update={"reason": f"A model gave no reading of it: {why}"})
