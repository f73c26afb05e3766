"""Clicks kept on the local disk while the database does not answer in time."""

import os
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from audit_agent.store.clicks import Click


class Spool:
    """One small file per click, durable when `keep` returns. Whoever moves it on into the database removes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, click: Click) -> None:
        """Keep a click; the same key is one file. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        final = self._folder / f"{sha256(click.key.encode()).hexdigest()}.json"
        temporary = final.with_suffix(f".{os.getpid()}.part")
        with temporary.open("wb") as file:
            file.write(click.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(final)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def kept(self) -> tuple[tuple[Path, Click], ...]:
        """What is kept, oldest first. A file that is no click stays where it is, for a person to look at."""
        found = []
        for file in self._folder.glob("*.json"):
            try:
                found.append((file, Click.model_validate_json(file.read_bytes())))
            except (FileNotFoundError, ValidationError):
                continue
        return tuple(sorted(found, key=lambda pair: pair[1].received_at))
