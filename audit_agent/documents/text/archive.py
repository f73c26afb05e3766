"""ZIP: opened only within limits of count, size and ratio, which hold while a member is read as well."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit_agent.documents.text.attaching import Attachments
from audit_agent.documents.text.errors import DamagedDocumentError, DocumentTooLargeError, EncryptedDocumentError
from audit_agent.documents.text.limits import MEGABYTE, TextLimits

_SMALL = MEGABYTE
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What reading a member of a damaged archive raises; an offset before the file's beginning is an OSError."""


class GuardedZip:
    """The members of an archive. Names are never used as paths."""

    def __init__(self, archive: zipfile.ZipFile, limits: TextLimits) -> None:
        self._archive = archive
        self._limits = limits
        self._read = 0
        self._members = {member.filename: member for member in archive.infolist() if not member.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the archive."""
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """The bytes of a member; empty where there is none of that name."""
        member = self._members.get(name)
        if member is None:
            return b""
        if member.flag_bits & 1:
            raise EncryptedDocumentError(f"{name} in the archive is encrypted.", "Ask for a copy without a password.")
        try:
            with self._archive.open(member) as opened:
                # One byte more than declared shows that the declaration lies.
                data = opened.read(member.file_size + 1)
        except _DAMAGE as error:
            raise DamagedDocumentError(f"{name} in the archive is damaged: {error}.", "Ask for it again.") from error
        self._read += len(data)
        if len(data) > member.file_size or self._read > self._limits.expanded:
            raise DocumentTooLargeError(f"{name} in the archive is larger than it says.", "Give it unpacked.")
        return data


@contextmanager
def open_zip(path: Path, limits: TextLimits) -> Iterator[GuardedZip]:
    """Raises DocumentTooLargeError before anything is expanded when the directory promises too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, limits)
            yield GuardedZip(archive, limits)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DamagedDocumentError(f"The archive cannot be opened: {error}.", "Ask for it again.") from error


def _refuse_bomb(archive: zipfile.ZipFile, limits: TextLimits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise DocumentTooLargeError(f"The archive has {len(members):,} members.", "Give it in parts.")
    total = sum(member.file_size for member in members)
    dense = [
        member
        for member in members
        if member.file_size > _SMALL and member.file_size > limits.ratio * max(member.compress_size, 1)
    ]
    if total > limits.expanded or dense:
        raise DocumentTooLargeError(
            f"The archive expands to {total:,} bytes, {len(dense):,} members of it suspiciously well packed.",
            "Check where it comes from. If it is real, give it unpacked.",
        )


def unpack(archive: GuardedZip, attachments: Attachments) -> None:
    """List every member as a document of its own."""
    for name in archive.names:
        attachments.add(name, archive.read(name), archives=False)
