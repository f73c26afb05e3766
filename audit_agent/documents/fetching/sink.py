"""Where the bytes of one document go: a temporary file, counted, and then the evidence."""

import hashlib
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.documents.media_types import sniff
from audit_agent.documents.sets.address import name_of
from audit_agent.domain.documents import Fetched, Problem
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest


class Sink:
    """A temporary file that is gone when left, unless it was kept."""

    def __init__(self, evidence: Evidence, policy: FetchPolicy) -> None:
        self._evidence = evidence
        self._policy = policy
        self._size = 0

    def __enter__(self) -> Self:
        self._file = tempfile.NamedTemporaryFile(dir=self._evidence.workspace(), delete=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def announce(self, size: int) -> None:
        """Stop before more is read of what is too large as it is sent, by its own word or by what came of it."""
        if size > self._policy.max_bytes:
            raise self._too_large(f"it is sent as {size:,} bytes")

    def write(self, data: bytes) -> None:
        """Add bytes; stops when there are too many."""
        self._size += len(data)
        if self._size > self._policy.max_bytes:
            raise self._too_large("it has more bytes")
        self._file.write(data)

    def keep(self, source: str, expected: Digest | None = None) -> Fetched:
        """Move the file into the evidence. Stops when it is empty, of a wrong type, or not the one that was frozen."""
        if not self._size:
            raise StoppedError(Problem.EMPTY, "it has no bytes")
        self._file.flush()
        with Path(self._file.name).open("rb") as file:
            media_type = sniff(file, name_of(source))
            file.seek(0)
            if expected is not None and hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise StoppedError(Problem.CHANGED, "its bytes are not those it had when the set was frozen")
        if media_type not in self._policy.media_types:
            raise StoppedError(Problem.WRONG_TYPE, f"it is {media_type}, which is not read")
        digest = self._evidence.put_file(Path(self._file.name))
        return Fetched(sha256=digest, size=self._size, media_type=media_type, source=source)

    def _too_large(self, what: str) -> StoppedError:
        return StoppedError(Problem.TOO_LARGE, f"{what}, and {self._policy.max_bytes:,} are allowed")
