"""Opening files below one folder, and nowhere else."""

import os
import stat
from io import BufferedReader
from pathlib import Path


class OutsideError(Exception):
    """A path leaves its root, by `..` or by a link."""


class NoFileError(Exception):
    """A path names a folder, a pipe or a device."""


def open_below(root: Path, relative: str) -> BufferedReader:
    """Open a regular file below a root for reading; links are followed only where they stay below it.

    The path is resolved first, and what it resolves to is opened folder by folder without following any link, so that
    a link put in its place meanwhile is not followed either. Raises OutsideError, NoFileError, and OSError.
    """
    # os.path, since Path.resolve makes a RuntimeError of links in a circle.
    anchor = Path(os.path.realpath(root, strict=True))
    resolved = Path(os.path.realpath(anchor / relative, strict=True))
    if not resolved.is_relative_to(anchor):
        raise OutsideError
    parts = resolved.relative_to(anchor).parts
    if not parts:
        raise NoFileError
    folder = os.open(anchor, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Without O_NONBLOCK, opening a pipe waits for someone to write to it.
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise NoFileError
    return os.fdopen(file, "rb")
