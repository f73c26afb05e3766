"""Documents that are files below the root of their set."""

import asyncio
from pathlib import Path
from typing import BinaryIO

from audit_agent.documents.confined import NoFileError, OutsideError, open_below
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.sink import Sink
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.domain.documents import FetchOutcome, Problem
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest

_CHUNK_BYTES = 1024 * 1024


class FileFetcher:
    """Copies files into the evidence, if they are still those that were frozen."""

    def __init__(self, policy: FetchPolicy, evidence: Evidence, root: Path) -> None:
        self._policy = policy
        self._evidence = evidence
        self._root = root

    async def fetch(self, source: str, expected: Digest | None) -> FetchOutcome:
        """One attempt, in a thread."""
        return await asyncio.to_thread(self._copy, source, expected)

    def _copy(self, source: str, expected: Digest | None) -> FetchOutcome:
        with Sink(self._evidence, self._policy) as sink:
            try:
                self._take_in(source, sink)
                return sink.keep(source, expected)
            except StoppedError as stopped:
                return stopped.outcome(source)

    def _take_in(self, source: str, sink: Sink) -> None:
        try:
            file = open_below(self._root, source)
        except FileNotFoundError as error:
            raise StoppedError(Problem.DEAD_LINK, "there is no such file") from error
        except (OutsideError, NoFileError) as error:
            raise StoppedError(Problem.OUTSIDE, "it is no file below the folder of the set") from error
        except OSError as error:
            raise StoppedError(Problem.DENIED, f"it cannot be read: {error.strerror or error}") from error
        with file:
            while chunk := _next(file):
                sink.write(chunk)


def _next(file: BinaryIO) -> bytes:
    """The next bytes. Apart from writing them, since a failing disk of the document is no full disk of ours."""
    try:
        return file.read(_CHUNK_BYTES)
    except OSError as error:
        raise StoppedError(Problem.BROKEN, f"it cannot be read to its end: {error.strerror or error}") from error
