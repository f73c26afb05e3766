"""Documents in an S3-compatible object store, with the operator's credentials and only from buckets he named."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.sink import Sink
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.documents.s3 import S3Access, object_name, open_bucket
from audit_agent.domain.documents import FetchOutcome, Problem
from audit_agent.domain.evidence import Evidence

if TYPE_CHECKING:
    from obstore.store import S3Store

_CHUNK_BYTES = 1024 * 1024


class ObjectFetcher:
    """Fetches `s3://bucket/key`."""

    def __init__(self, policy: FetchPolicy, evidence: Evidence, access: S3Access) -> None:
        self._policy = policy
        self._evidence = evidence
        self._access = access
        self._stores: dict[str, S3Store] = {}

    async def fetch(self, source: str) -> FetchOutcome:
        """One attempt. Raises ExtraMissingError when reading from object stores is not installed."""
        with Sink(self._evidence, self._policy) as sink:
            try:
                async with asyncio.timeout(self._policy.total.total_seconds()):
                    async for chunk in self._chunks(source, sink):
                        sink.write(chunk)
                return await asyncio.to_thread(sink.keep, source)
            except StoppedError as stopped:
                return stopped.outcome(source)
            except TimeoutError:
                seconds = self._policy.total.total_seconds()
                return StoppedError(Problem.TIMED_OUT, f"it took more than {seconds:g} s").outcome(source)

    async def _chunks(self, source: str, sink: Sink) -> AsyncIterator[bytes]:
        bucket, key = object_name(source)
        if bucket not in self._policy.buckets:
            raise StoppedError(Problem.REFUSED_ADDRESS, f"{bucket} is not among the buckets that may be read")
        if bucket not in self._stores:
            self._stores[bucket] = open_bucket(self._access, bucket, self._policy.silence)
        from obstore import exceptions

        try:
            answer = await self._stores[bucket].get_async(key)
            sink.announce(answer.meta["size"])
            async for chunk in answer.stream(_CHUNK_BYTES):
                yield bytes(chunk)
        except (FileNotFoundError, exceptions.InvalidPathError) as error:
            raise StoppedError(Problem.DEAD_LINK, "there is no such object") from error
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise StoppedError(Problem.DENIED, "the object store denies it") from error
        except (exceptions.BaseError, OSError) as error:
            reason = str(error).splitlines()[0][:300]
            raise StoppedError(Problem.UNREACHABLE, f"the object store does not answer: {reason}") from error
