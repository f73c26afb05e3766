"""What reading documents with a model will cost, from counting the tokens of a sample. Counting is free."""

from decimal import Decimal
from typing import Protocol

from audit_agent.documents.reading.reader import ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text.model import DocumentText
from audit_agent.domain.spend import SpendEstimate, Tokens
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import Counts
from audit_agent.llm.prices import PriceList

USUAL_OUTPUT_TOKENS = 1_500
"""Of an answer on one document, thinking included, where no answer of the model is in the ledger to go by."""


class AsksAModel(Protocol):
    """Whoever reads documents by calls to a model."""

    def call_for(self, text: DocumentText, asked: ReadingTask) -> ModelCall | None:
        """The call that reading makes first; None where it makes none."""
        ...


class CountingReader:
    """Implements `documents.reading.reader.DocumentReader`: reads nothing, and counts what would be sent."""

    def __init__(self, counts: Counts, reader: AsksAModel) -> None:
        self._counts = counts
        self._reader = reader
        self.prompts: list[int] = []
        """Input tokens of each call that would be made."""

    async def read(self, text: DocumentText, asked: ReadingTask) -> DocumentResult:
        """Count; raises what `Counts.count` raises."""
        if call := self._reader.call_for(text, asked):
            self.prompts.append(await self._counts.count(call))
        return DocumentResult(outcome=text.outcome)


class Estimator:
    """Makes an estimate of what was counted."""

    def __init__(self, counts: Counts, reader: AsksAModel, prices: PriceList, model: str) -> None:
        self._counts = counts
        self._reader = reader
        self._prices = prices
        self.model = model

    def counting(self) -> CountingReader:
        """A reader for one sample."""
        return CountingReader(self._counts, self._reader)

    def estimate(
        self, sample: CountingReader, sampled: int, documents: int, answer: int | None, in_batches: bool
    ) -> SpendEstimate:
        """The cost of `documents`, of which so many were sampled; `answer` is what one took so far, in tokens.

        Every token of a prompt is priced as new, although the service keeps what documents share. A second call
        that mends an answer is not foreseen.
        """
        calls = -(-len(sample.prompts) * documents // sampled)
        prompt = -(-sum(sample.prompts) // max(len(sample.prompts), 1))
        output = USUAL_OUTPUT_TOKENS if answer is None else answer
        each = self._prices.cost(self.model, Tokens(input=prompt, output=output), in_batches)
        return SpendEstimate(
            model=self.model,
            documents=documents,
            sampled=sampled,
            calls=calls,
            tokens=Tokens(input=calls * prompt, output=calls * output),
            in_batches=in_batches,
            output_is_measured=answer is not None,
            cost=None if each is None else (each * calls).quantize(Decimal("0.0001")),
            prices_as_of=self._prices.as_of,
        )
