"""Evidence as files: `evidence/ab/cd/<sha256>`, written atomically and never changed."""

import hashlib
import os
import tempfile
from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, NotFoundError
from audit_agent.domain.record import Digest, digest_bytes


class EvidenceNotWrittenError(AuditAgentError):
    """A blob could not be made durable; nothing half-written is left."""


class FolderEvidence:
    """Content-addressed files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> Digest:
        """Store bytes; durable when this returns."""
        digest = digest_bytes(data)
        if self._place(digest).exists():
            return digest
        try:
            handle, name = tempfile.mkstemp(dir=self.workspace())
            temporary = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                return self._adopt(temporary, digest)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise _not_written(self._root, error) from error

    def put_file(self, path: Path) -> Digest:
        """Take over a finished temporary file (it is moved); durable when this returns."""
        try:
            with path.open("rb") as file:
                digest = Digest(hashlib.file_digest(file, "sha256").hexdigest())
            if self._place(digest).exists():
                path.unlink()
                return digest
            return self._adopt(path, digest)
        except OSError as error:
            raise _not_written(self._root, error) from error

    def workspace(self) -> Path:
        """A folder for temporary files on the same file system."""
        folder = self._root / "tmp"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_written(self._root, error) from error
        return folder

    def read(self, digest: Digest) -> bytes:
        """The bytes of a blob; raises NotFoundError when there is no such blob."""
        return self.path(digest).read_bytes()

    def path(self, digest: Digest) -> Path:
        """Where the blob lies; raises NotFoundError when there is no such blob."""
        place = self._place(digest)
        if not place.is_file():
            raise NotFoundError(
                f"Evidence {digest} is missing from {self._root}.",
                "Restore the evidence folder from its backup; the audit log names every digest it must hold.",
            )
        return place

    def _place(self, digest: Digest) -> Path:
        return self._root / digest[:2] / digest[2:4] / digest

    def _adopt(self, temporary: Path, digest: Digest) -> Digest:
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o444)
        place = self._place(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest


def _not_written(root: Path, error: OSError) -> EvidenceNotWrittenError:
    return EvidenceNotWrittenError(
        f"Evidence could not be written below {root}: {error.strerror or error}.",
        "Free space there or set AUDIT_AGENT_HOME to a place that can be written, then start again.",
    )
