"""Log files of supervised processes: appended to, rotated by size at each start, quoted when something fails."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

MAX_BYTES = 10_000_000
KEPT = 3
_TAIL_BYTES = 8_192


def open_log(path: Path, max_bytes: int = MAX_BYTES) -> IO[bytes]:
    """The log open for appending; one past `max_bytes` is first moved aside as `.1`, keeping three old ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > max_bytes:
        for age in range(KEPT - 1, 0, -1):
            older = Path(f"{path}.{age}")
            if older.exists():
                older.replace(f"{path}.{age + 1}")
        path.replace(f"{path}.1")
    return path.open("ab")


def last_lines(path: Path, count: int = 5, since: int = 0) -> str:
    """The last lines written after byte `since`; an empty string when there are none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(min(end, max(since, end - _TAIL_BYTES)))
        lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return "\n".join(lines[-count:])


def says_any(path: Path, words: Sequence[str], since: int = 0) -> bool:
    """Whether a line written after byte `since` contains any of these words."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        file.seek(since)
        return any(word.encode() in line for line in file for word in words)
