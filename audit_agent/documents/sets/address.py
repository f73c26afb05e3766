"""What a source may look like, and the one form of it."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_CONTROL = re.compile(r"[\x00-\x1f]")
SCHEMES = ("http", "https", "s3")
_LONGEST = 8_192


class NoSourceError(Exception):
    """Text that names no document; the message says why."""


def is_address(source: str) -> bool:
    """Whether a source is an address; otherwise it is a path."""
    return _SCHEME.match(source) is not None


def normal_source(written: str, root: Path | None) -> str:
    """The form in which a source is kept: an address as it is, a path relative to the root. Raises NoSourceError."""
    if len(written) > _LONGEST:
        raise NoSourceError(f"it is longer than {_LONGEST:,} characters")
    scheme = _SCHEME.match(written)
    if scheme is not None and scheme[1].lower() == "file":
        written, scheme = _path_of(written), None
    if _CONTROL.search(written):
        raise NoSourceError("it has control characters in it")
    if scheme is None:
        return _normal_path(written, root)
    if scheme[1].lower() not in SCHEMES:
        raise NoSourceError(f"{scheme[1]}:// is no kind of address that is fetched")
    _check_address(written)
    return written


def name_of(source: str) -> str:
    """What people call a document: the last part of its path, or the whole address where there is none."""
    scheme = _SCHEME.match(source)
    path = unquote(urlsplit(source).path) if scheme and scheme[1].lower() != "s3" else source
    return path.rstrip("/").rpartition("/")[2] or source


def _check_address(written: str) -> None:
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise NoSourceError(f"it is no address: {error}") from error
    if not host:
        raise NoSourceError("it is no address: it names no host")
    if parts.username is not None or parts.password is not None:
        raise NoSourceError("it has a name or a password in it")


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost"):
        raise NoSourceError("it is a file on another machine")
    return unquote(parts.path)


def _normal_path(written: str, root: Path | None) -> str:
    if root is None:
        raise NoSourceError("it is a path, and the set has no folder for files")
    # Without resolving links: whether one leaves the folder is looked at when the file is opened.
    folder = os.path.abspath(root)  # noqa: PTH100
    path = os.path.relpath(os.path.normpath(os.path.join(folder, written)), folder)  # noqa: PTH118
    if path == os.pardir or path.startswith(os.pardir + os.sep):
        raise NoSourceError("it lies outside the folder of the set")
    return Path(path).as_posix()
