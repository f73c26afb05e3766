"""Processes that read documents, kept from one page to the next: starting one takes longer than reading most."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.processes import TextReader


class TextReaders:
    """As many readers as pages are read at a time; each is one page's while that lasts."""

    def __init__(self, limits: TextLimits | None = None) -> None:
        self._limits = limits
        self._idle: list[TextReader] = []
        self._all: list[TextReader] = []
        self._taking = threading.Lock()

    @contextmanager
    def borrowed(self) -> Iterator[TextReader]:
        """A reader that nobody else uses."""
        with self._taking:
            reader = self._idle.pop() if self._idle else self._new()
        try:
            yield reader
        finally:
            with self._taking:
                self._idle.append(reader)

    def close(self) -> None:
        """End every process, also those that are reading."""
        with self._taking:
            readers = list(self._all)
        for reader in readers:
            reader.close()

    def _new(self) -> TextReader:
        reader = TextReader(self._limits)
        self._all.append(reader)
        return reader
