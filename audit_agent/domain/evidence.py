"""The port to evidence: blobs addressed by the SHA-256 of their bytes."""

from pathlib import Path
from typing import Protocol

from audit_agent.domain.record import Digest


class Evidence(Protocol):
    """Blobs that never change. Putting the same bytes twice is one blob."""

    def put(self, data: bytes) -> Digest:
        """Store bytes; durable when this returns."""
        ...

    def put_file(self, path: Path) -> Digest:
        """Take over a finished temporary file (it is moved); durable when this returns."""
        ...

    def workspace(self) -> Path:
        """A folder for temporary files on the same file system, so that `put_file` only renames."""
        ...

    def read(self, digest: Digest) -> bytes:
        """The bytes of a blob; raises NotFoundError when there is no such blob."""
        ...

    def path(self, digest: Digest) -> Path:
        """Where the blob can be read as a local file; raises NotFoundError when there is no such blob."""
        ...
