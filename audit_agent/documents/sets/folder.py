"""A folder to its bottom, or the files in it that fit a pattern."""

import fnmatch
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from audit_agent.documents.errors import unreadable
from audit_agent.documents.sets.found import Candidate, Found
from audit_agent.domain.documents import RejectedDocument, SetKind

_WILD = re.compile(r"[*?[]")
_ANY_DEPTH = "**"


@dataclass(frozen=True)
class FolderSet:
    """All files of a folder; hidden ones and the locks of office programs are left out."""

    root: Path
    pattern: tuple[str, ...] = (_ANY_DEPTH, "*")
    kind: SetKind = SetKind.FOLDER
    ordered: bool = False

    def found(self) -> Iterator[Found]:
        """Walk the folder; links to folders are not followed. Raises DocumentsPathError if it cannot be read at all."""
        try:
            os.scandir(self.root).close()
        except OSError as error:
            raise unreadable(self.root, error) from error
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self.root / folder) as entries:
                    for entry in entries:
                        path = f"{folder}/{entry.name}" if folder else entry.name
                        if entry.name.startswith((".", "~$")):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(path)
                        elif fits(path.split("/"), self.pattern):
                            yield _looked_at(entry, path)
            except OSError as error:
                yield RejectedDocument(file=_written(folder), value=_written(folder), reason=_reason(error))


def glob_set(pattern: Path) -> FolderSet:
    """The set of a pattern with `*`, `?`, `[...]` and `**`; its root is the folder before the first of them."""
    parts = pattern.parts
    wild = next(number for number, part in enumerate(parts) if _WILD.search(part))
    return FolderSet(Path(*parts[:wild]), parts[wild:], SetKind.GLOB)


def is_pattern(text: str) -> bool:
    """Whether a path has wildcards."""
    return _WILD.search(text) is not None


def fits(parts: list[str], pattern: tuple[str, ...]) -> bool:
    """Whether a path fits a pattern, part by part; `**` stands for any number of folders."""
    if pattern and pattern[-1] == _ANY_DEPTH:
        pattern = (*pattern, "*")

    @cache
    def rest_fits(part: int, at: int) -> bool:
        if at == len(pattern) or part == len(parts):
            return at == len(pattern) and part == len(parts)
        if pattern[at] == _ANY_DEPTH:
            return rest_fits(part, at + 1) or (part + 1 < len(parts) and rest_fits(part + 1, at))
        return fnmatch.fnmatchcase(parts[part], pattern[at]) and rest_fits(part + 1, at + 1)

    return rest_fits(0, 0)


def _looked_at(entry: "os.DirEntry[str]", path: str) -> Found:
    written = _written(path)
    if written != path:
        return RejectedDocument(file=written, value=written, reason="its name is not UTF-8; rename it")
    try:
        if entry.is_symlink() and entry.is_dir():
            return RejectedDocument(file=path, value=path, reason="it is a link to a folder, which is not followed")
    except OSError as error:
        return RejectedDocument(file=path, value=path, reason=_reason(error))
    return Candidate(source=path, file=path)


def _written(path: str) -> str:
    """A path as text, whatever its bytes are."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace") or "."


def _reason(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"
