"""A file with a secret that only its owner reads, made by whichever process asks first."""

import os
import secrets
import tempfile
from pathlib import Path

_BYTES = 32


def make_secret(file: Path) -> None:
    """Write the file whole or not at all. Of several processes one makes it, and the others read that one's.

    Raises OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # Not named by the process number: in containers that share a home, every process is number 1.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as writing:
            writing.write(f"{secrets.token_urlsafe(_BYTES)}\n")
            writing.flush()
            os.fsync(writing.fileno())
        try:
            file.hardlink_to(temporary)
        except FileExistsError:
            return
    finally:
        temporary.unlink()
