"""Evidence as files: `evidence/ab/cd/<sha256>`, written atomically and never changed."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, NotFoundError
from audit_agent.domain.record import Digest, digest_bytes

_RESTORE = "Restore the evidence folder from its backup; the audit log names every digest it must hold."


class EvidenceNotWrittenError(AuditAgentError):
    """A blob could not be made durable; nothing half-written is left."""


class EvidenceDamagedError(AuditAgentError):
    """A blob's bytes do not have its digest any more."""


class FolderEvidence:
    """Content-addressed files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> Digest:
        """Store bytes; durable when this returns. Raises EvidenceNotWrittenError."""
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
        """Take over a finished temporary file (it is moved); durable when this returns.

        Raises EvidenceNotWrittenError, and leaves the file where it is then.
        """
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
        """The bytes of a blob; raises NotFoundError, and EvidenceDamagedError when they are not what was put."""
        place = self.path(digest)
        data = place.read_bytes()
        if digest_bytes(data) != digest:
            raise EvidenceDamagedError(f"The bytes of {place} do not have its digest.", _RESTORE)
        return data

    def path(self, digest: Digest) -> Path:
        """Where the blob lies; raises NotFoundError when there is no such blob. Its bytes are not checked."""
        place = self._place(digest) if re.fullmatch("[0-9a-f]{64}", digest) else None
        if place is None or not place.is_file():
            raise NotFoundError(f"Evidence {digest} is missing from {self._root}.", _RESTORE)
        return place

    def _place(self, digest: Digest) -> Path:
        return self._root / digest[:2] / digest[2:4] / digest

    def _adopt(self, temporary: Path, digest: Digest) -> Digest:
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o444)
        place = self._place(digest)
        changed = [place.parent] if place.parent.is_dir() else [place.parent, place.parent.parent, self._root]
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(place)
        for folder in changed:
            _sync(folder)
        return digest


def _sync(folder: Path) -> None:
    """Make the names in a folder durable, not only the files' bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_written(root: Path, error: OSError) -> EvidenceNotWrittenError:
    return EvidenceNotWrittenError(
        f"Evidence could not be written below {root}: {error.strerror or error}.",
        "Free space there or set AUDIT_AGENT_HOME to a place that can be written, then start again.",
    )
