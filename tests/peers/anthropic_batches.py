"""The Message Batches of the Anthropic double: they end when told to, fail on demand, and meter bills by custom_id."""

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

Body = dict[str, Any]

PLACE = "/v1/messages/batches"
MOST_REQUESTS, MOST_BYTES = 100_000, 256_000_000


class BatchFault(StrEnum):
    """What can go wrong with one request about batches."""

    LOST_CREATE = "the batch is created, and the connection reset before the answer"
    NEVER_CREATED = "the connection is reset before the batch is created"
    REFUSED = "400"
    BUSY = "529"
    CUT_RESULTS = "the results end in the middle of a line"
    SHORT_RESULTS = "the results end after a line"


class Fate(StrEnum):
    """What becomes of one call of a batch."""

    SUCCEEDED = "succeeded"
    ERRORED = "errored"
    EXPIRED = "expired"
    CANCELED = "canceled"


class Reply(NamedTuple):
    """What to send; a status of zero resets the connection."""

    status: int
    body: bytes = b""


@dataclass
class _Batch:
    id: str
    requests: dict[str, Body]
    created_at: datetime
    fates: dict[str, Fate] = field(default_factory=dict)
    cancelled: bool = False
    ended_at: datetime | None = None
    archived: bool = False


class MessageBatches:
    """Every batch of one double. Answers to its calls are made as those of single calls are."""

    def __init__(self, answer: Callable[[Body], Body]) -> None:
        self.billed: Counter[str] = Counter()
        """Answered calls by custom_id, over all batches. One above one has been paid more than once."""
        self.fates: dict[str, Fate] = {}
        """What becomes of calls by custom_id; those that are not mentioned succeed."""
        self.creates = self.fetches = 0
        """Requests to create a batch and for results, whatever became of them."""
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._answer = answer
        self._batches: dict[str, _Batch] = {}
        self._faults: deque[BatchFault] = deque()
        self._at_once = True
        self._lock = threading.Lock()

    @property
    def ids(self) -> list[str]:
        """Every batch, in the order of creation."""
        return list(self._batches)

    def fail_next(self, *faults: BatchFault) -> None:
        """The next requests which these faults concern fail, one fault each."""
        self._faults.extend(faults)

    def work_slowly(self) -> None:
        """Batches stay in progress until `end`."""
        self._at_once = False

    def end(self, *ids: str) -> None:
        """These batches end, or all."""
        with self._lock:
            for id_ in ids or tuple(self._batches):
                self._end(self._batches[id_])

    def forget(self, id_: str) -> None:
        """There is no such batch any more."""
        with self._lock:
            del self._batches[id_]

    def archive(self, id_: str) -> None:
        """The results of a batch are not kept any more."""
        with self._lock:
            self._batches[id_].archived = True

    def handle(self, method: str, target: str, data: bytes) -> Reply:
        """Answer one request below `/v1/messages/batches`."""
        place = urlsplit(target)
        _, _, rest = place.path.partition(PLACE)
        match method, rest.strip("/").split("/"):
            case "POST", [""]:
                return self._create(data)
            case "GET", [""]:
                return self._list({name: values[0] for name, values in parse_qs(place.query).items()})
            case "GET", [id_] if id_ in self._batches:
                return _json(200, self._shown(self._batches[id_]))
            case "GET", [id_, "results"] if id_ in self._batches and self._batches[id_].ended_at:
                return self._results(self._batches[id_])
            case "POST", [id_, "cancel"] if id_ in self._batches:
                return self._cancel(self._batches[id_])
        return _error(404, "not_found_error", target)

    def _create(self, data: bytes) -> Reply:
        fault = self._fault(BatchFault.LOST_CREATE, BatchFault.NEVER_CREATED, BatchFault.REFUSED, BatchFault.BUSY)
        with self._lock:
            self.creates += 1
        if fault is BatchFault.NEVER_CREATED:
            return Reply(0)
        if fault is BatchFault.BUSY:
            return _error(529, "overloaded_error", "scripted")
        requests = json.loads(data)["requests"]
        names = [one["custom_id"] for one in requests]
        wrong = [name for name in names if not re.fullmatch("[a-zA-Z0-9_-]{1,64}", name)]
        if wrong or len(set(names)) < len(names) or not 0 < len(names) <= MOST_REQUESTS or len(data) > MOST_BYTES:
            return _error(400, "invalid_request_error", f"custom_ids or size: {wrong[:1]}")
        if fault is BatchFault.REFUSED:
            return _error(400, "invalid_request_error", "scripted")
        with self._lock:
            batch = _Batch(
                id=f"msgbatch_{self.creates:04d}",
                requests={one["custom_id"]: one["params"] for one in requests},
                created_at=self.clock(),
            )
            self._batches[batch.id] = batch
            shown = self._shown(batch)
            if self._at_once:
                self._end(batch)
        return Reply(0) if fault is BatchFault.LOST_CREATE else _json(200, shown)

    def _end(self, batch: _Batch) -> None:
        if batch.ended_at is not None:
            return
        batch.ended_at = self.clock()
        batch.fates = {
            name: self.fates.get(name, Fate.CANCELED if batch.cancelled else Fate.SUCCEEDED) for name in batch.requests
        }
        self.billed.update(name for name, fate in batch.fates.items() if fate is Fate.SUCCEEDED)

    def _list(self, query: dict[str, str]) -> Reply:
        newest_first = list(reversed(self._batches.values()))
        limit = int(query.get("limit", "20"))
        names = [batch.id for batch in newest_first]
        if after := query.get("after_id"):
            newest_first = newest_first[names.index(after) + 1 :]
        page = newest_first[:limit]
        if before := query.get("before_id"):
            newest_first = newest_first[: names.index(before)]
            page = newest_first[-limit:]
        return _json(
            200,
            {
                "data": [self._shown(batch) for batch in page],
                "has_more": len(newest_first) > len(page),
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            },
        )

    def _cancel(self, batch: _Batch) -> Reply:
        if batch.ended_at is not None:
            return _error(400, "invalid_request_error", "the batch has ended")
        batch.cancelled = True
        return _json(200, self._shown(batch))

    def _results(self, batch: _Batch) -> Reply:
        fault = self._fault(BatchFault.CUT_RESULTS, BatchFault.SHORT_RESULTS)
        with self._lock:
            self.fetches += 1
        # In another order than they came, as the API warns.
        lines = [
            json.dumps({"custom_id": name, "result": self._result(batch, name)}).encode() + b"\n"
            for name in sorted(batch.requests)
        ]
        if fault is BatchFault.SHORT_RESULTS:
            lines.pop()
        body = b"".join(lines)
        return Reply(200, body[: len(body) - 20] if fault is BatchFault.CUT_RESULTS else body)

    def _result(self, batch: _Batch, name: str) -> Body:
        match batch.fates[name]:
            case Fate.SUCCEEDED:
                return {"type": "succeeded", "message": self._answer(batch.requests[name])}
            case Fate.ERRORED:
                error = {"type": "invalid_request_error", "message": "scripted"}
                return {"type": "errored", "error": {"type": "error", "error": error, "request_id": None}}
            case fate:
                return {"type": fate.value}

    def _shown(self, batch: _Batch) -> Body:
        fates = Counter(batch.fates.values())
        status = "ended" if batch.ended_at else "canceling" if batch.cancelled else "in_progress"
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": {
                "processing": 0 if batch.ended_at else len(batch.requests),
                **{fate.value: fates[fate] for fate in Fate},
            },
            "created_at": batch.created_at.isoformat(),
            "expires_at": (batch.created_at + timedelta(days=1)).isoformat(),
            "ended_at": batch.ended_at and batch.ended_at.isoformat(),
            "cancel_initiated_at": batch.created_at.isoformat() if batch.cancelled else None,
            "archived_at": batch.created_at.isoformat() if batch.archived else None,
            "results_url": f"{PLACE}/{batch.id}/results" if batch.ended_at and not batch.archived else None,
        }

    def _fault(self, *concerned: BatchFault) -> BatchFault | None:
        return self._faults.popleft() if self._faults and self._faults[0] in concerned else None


def _json(status: int, value: Body) -> Reply:
    return Reply(status, json.dumps(value).encode())


def _error(status: int, kind: str, text: str) -> Reply:
    return _json(status, {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_batch"})
