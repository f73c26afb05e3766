"""Documents inside a document: listed, and written to a folder under their digests."""

import io
from pathlib import Path

from audit_agent.documents.media_types import OCTETS, sniff
from audit_agent.documents.text.errors import DocumentTooLargeError
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Attachment
from audit_agent.domain.record import digest_bytes

_LONGEST_NAME = 200
_ARCHIVES = frozenset({"application/zip", "application/gzip", "application/x-tar", "application/x-7z-compressed"})


class Attachments:
    """What was found inside. An archive inside another is listed only, so that no chain of them is unpacked."""

    def __init__(self, limits: TextLimits, folder: Path | None) -> None:
        self._limits = limits
        self._folder = folder
        self._size = 0
        self.found: list[Attachment] = []

    def add(self, name: str, data: bytes, media_type: str = "", archives: bool = True) -> None:
        """Raises DocumentTooLargeError where there are too many or they are too large together."""
        self._size += len(data)
        if len(self.found) >= self._limits.attachments or self._size > self._limits.expanded:
            raise DocumentTooLargeError(
                f"More than {self._limits.attachments:,} documents or {self._limits.expanded:,} bytes are inside.",
                "Give them one by one.",
            )
        kind = media_type if media_type not in ("", OCTETS) else sniff(io.BytesIO(data), name)
        digest = digest_bytes(data)
        is_archive = data.startswith(b"PK\x03\x04") and kind in _ARCHIVES
        saved = self._folder is not None and (archives or not is_archive)
        if saved and self._folder is not None:
            (self._folder / digest).write_bytes(data)
        self.found.append(
            Attachment(name=name[:_LONGEST_NAME], media_type=kind, size=len(data), sha256=digest, saved=saved)
        )
