"""The wire to Anthropic's Message Batches: half price, and an answer within a day."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Literal

import httpx2
from anthropic import APIConnectionError, APIStatusError, AsyncAnthropic
from anthropic.types.messages import MessageBatch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit_agent.domain.batches import CREATE_WITHIN, Batch
from audit_agent.domain.record import Digest
from audit_agent.llm.batches.port import ItemResult, RemoteBatch
from audit_agent.llm.claude.failures import not_connected, not_delivered
from audit_agent.llm.claude.message import Message
from audit_agent.llm.claude.transport import CONNECT_SECONDS
from audit_agent.llm.errors import ModelUnavailableError
from audit_agent.llm.transport import Billed, NotDelivered

TIMEOUT_SECONDS = 120.0
_PLACE = "/v1/messages/batches"
_PAGE = 1000
_CHUNK_BYTES = 256 * 1024
_AGAIN = "It is tried again by itself."


class AnthropicBatches:
    """Implements `llm.batches.port.BatchTransport`: one attempt each, for the SDK's own retries would be unseen."""

    def __init__(self, api_key: str, base_url: str | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
        )

    async def create(self, batch: Batch, requests: Path) -> RemoteBatch:
        """Send the requests as they lie in the file; raises NotDelivered."""
        headers = {"content-type": "application/json", "content-length": str(requests.stat().st_size)}
        try:
            async with asyncio.timeout(CREATE_WITHIN.total_seconds()):
                created = await self._client.post(
                    _PLACE, cast_to=MessageBatch, content=_bytes(requests), options={"headers": headers}
                )
        except APIStatusError as error:
            raise not_delivered(error, batch) from error
        except APIConnectionError as error:
            raise not_connected(error, batch) from error
        except TimeoutError as error:
            raise NotDelivered(_unavailable(batch, f"it took longer than {CREATE_WITHIN}"), Billed.UNKNOWN) from error
        return _remote(created)

    async def list(self, batch: Batch, since: datetime) -> tuple[RemoteBatch, ...]:
        """Every batch created since; the service tells the newest first."""
        found: list[RemoteBatch] = []
        with _in_words(batch):
            async for one in self._client.messages.batches.list(limit=_PAGE):
                if one.created_at < since:
                    break
                found.append(_remote(one))
        return tuple(found)

    async def retrieve(self, batch: Batch) -> RemoteBatch | None:
        """How the batch stands; None when there is no such batch."""
        with _in_words(batch):
            try:
                return _remote(await self._client.messages.batches.retrieve(batch.remote or ""))
            except APIStatusError as error:
                if error.status_code == HTTPStatus.NOT_FOUND:
                    return None
                raise

    async def cancel(self, batch: Batch) -> None:
        """Ask that nothing more of it is begun. One that has ended is left as it is."""
        with _in_words(batch):
            try:
                await self._client.messages.batches.cancel(batch.remote or "")
            except APIStatusError as error:
                if error.status_code not in {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND}:
                    raise

    async def results(self, batch: Batch, into: Path) -> bool:
        """Fetch the results of a batch that has ended, as they come; False when they cannot be had any more."""
        remote = await self.retrieve(batch)
        if remote is None or remote.gone:
            return False
        with _in_words(batch):
            try:
                results = self._client.messages.batches.with_streaming_response.results(batch.remote or "")
                async with results as response:
                    with into.open("wb") as file:
                        async for some in response.iter_bytes(_CHUNK_BYTES):
                            file.write(some)
                return True
            except APIStatusError as error:
                if error.status_code == HTTPStatus.NOT_FOUND:
                    return False
                raise
            except httpx2.HTTPError as error:
                raise _unavailable(batch, f"its results were cut: {error}") from error

    def read(self, batch: Batch, results: Path) -> Iterator[ItemResult]:
        """What fetched results say; raises ModelUnavailableError when they are cut or no results."""
        with results.open("rb") as file:
            for line in file:
                try:
                    item = _Item.model_validate_json(line)
                except ValidationError as error:
                    raise _unavailable(batch, f"its results cannot be read: {line[:80]!r}") from error
                yield _result(item)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Succeeded(_Wire):
    type: Literal["succeeded"]
    message: Message


class _Error(_Wire):
    type: str
    message: str = ""


class _ErrorResponse(_Wire):
    error: _Error


class _Errored(_Wire):
    type: Literal["errored"]
    error: _ErrorResponse


class _NotTried(_Wire):
    type: Literal["canceled", "expired"]


class _Item(_Wire):
    custom_id: Digest
    result: Annotated[_Succeeded | _Errored | _NotTried, Field(discriminator="type")]


def _result(item: _Item) -> ItemResult:
    match item.result:
        case _Succeeded(message=message):
            return ItemResult(key=item.custom_id, delivered=message.delivered(message.id))
        case _Errored(error=_ErrorResponse(error=error)):
            return ItemResult(key=item.custom_id, delivered=None, error=f"{error.type}: {error.message}")
        case _NotTried(type=why):
            return ItemResult(key=item.custom_id, delivered=None, error=why)


def _remote(batch: MessageBatch) -> RemoteBatch:
    counts = batch.request_counts
    return RemoteBatch(
        id=batch.id,
        count=counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired,
        created_at=batch.created_at,
        ended_at=(batch.ended_at or batch.created_at) if batch.processing_status == "ended" else None,
        gone=batch.archived_at is not None,
    )


async def _bytes(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while some := await asyncio.to_thread(opened.read, _CHUNK_BYTES):
            yield some


@contextmanager
def _in_words(batch: Batch) -> Iterator[None]:
    try:
        yield
    except APIStatusError as error:
        raise not_delivered(error, batch).failure from error
    except APIConnectionError as error:
        raise not_connected(error, batch).failure from error


def _unavailable(batch: Batch, why: str) -> ModelUnavailableError:
    return ModelUnavailableError(f"The model service failed ({batch.purpose} of {batch.audit}: {why}).", _AGAIN)
