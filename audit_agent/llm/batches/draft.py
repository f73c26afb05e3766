"""Gathering the calls of a batch on disk, and entering it into the book."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from audit_agent.domain.batches import Batch, BatchBook
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import AuditId, BatchId, StepId
from audit_agent.domain.ledger import CallRequest
from audit_agent.domain.record import Digest, Record, digest_of
from audit_agent.llm.call import ModelCall
from audit_agent.llm.prices import PriceList

MOST_CALLS = 10_000
"""In one batch; Anthropic takes 100,000. What a batch awaits is read only once all of it has come."""
MOST_BYTES = 200_000_000
"""In one batch; Anthropic takes 256 MB."""

_HEAD, _TAIL = b'{"requests":[', b"]}"


class BatchPlace(Record):
    """Which documents of which audit a batch is for."""

    id: BatchId
    audit: AuditId
    step: StepId
    begin: int
    end: int


class BatchDraft:
    """Calls that are to be sent together. Nothing of it is durable, or reserved, before `enter`."""

    def __init__(
        self, book: BatchBook, evidence: Evidence, prices: PriceList, request: Callable[[ModelCall], Any]
    ) -> None:
        self._book = book
        self._evidence = evidence
        self._prices = prices
        self._request = request
        self._calls: dict[Digest, CallRequest] = {}
        self._bytes = 0
        self._model = ""

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(dir=self._evidence.workspace())
        self._spool = (Path(self._folder.name) / "lines").open("w+b")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._spool.close()
        self._folder.cleanup()

    @property
    def is_full(self) -> bool:
        """Whether one more call could be too many."""
        return len(self._calls) >= MOST_CALLS or self._bytes >= MOST_BYTES

    def add(self, call: ModelCall) -> None:
        """One more call; the same call twice is one. All are of one model."""
        key = call.key
        if key in self._calls:
            return
        self._model = call.model
        self._calls[key] = CallRequest(
            key=key,
            model=call.model,
            prompt=call.prompt,
            output=call.output,
            audit=call.audit,
            purpose=call.purpose,
            estimate=self._prices.estimate(call, in_batch=True),
            lease=0,
        )
        item = {"custom_id": key, "params": self._request(call)}
        line = json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._spool.write(line)
        self._bytes += len(line)

    def enter(self, place: BatchPlace, now: datetime) -> Batch | None:
        """Reserve the calls that nobody ever asked for, and keep what is to be sent; None when there are none.

        What the budget does not allow is left out: whoever asks for it finds that out.
        """
        fresh = self._book.never_asked(list(self._calls))
        while fresh:
            batch = Batch(
                **place.model_dump(),
                model=self._model,
                count=len(fresh),
                keys=digest_of(sorted(fresh)),
                requests=self._keep(fresh),
                prepared_at=now,
                looked_at=now,
            )
            not_to_be_had = self._book.prepare(batch, [self._calls[key] for key in self._calls if key in fresh])
            if not not_to_be_had:
                return batch
            fresh -= not_to_be_had
        return None

    def _keep(self, fresh: set[Digest]) -> Digest:
        """Put the bytes that create the batch into the evidence."""
        file = Path(self._folder.name) / "requests.json"
        self._spool.seek(0)
        with file.open("wb") as out:
            out.write(_HEAD)
            kept = (line for key, line in zip(self._calls, self._spool, strict=True) if key in fresh)
            for number, line in enumerate(kept):
                out.write(b"," + line.rstrip() if number else line.rstrip())
            out.write(_TAIL)
        return self._evidence.put_file(file)
