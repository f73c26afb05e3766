"""Processes that read documents, kept from one page to the next: starting one takes longer than reading most."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.processes import TextReader


class TextReaders:
    """A reader for each page that is read, as far as there are processors to read with; then pages share them."""

    def __init__(self, limits: TextLimits | None = None, most: int | None = None) -> None:
        self._limits = limits
        self._most = most or (os.cpu_count() or 1) + 1
        self._lent: dict[TextReader, int] = {}
        self._lending = threading.Lock()

    @contextmanager
    def borrowed(self) -> Iterator[TextReader]:
        """The reader with the fewest borrowers; it reads their documents one after the other."""
        with self._lending:
            reader = self._freest()
            self._lent[reader] += 1
        try:
            yield reader
        finally:
            with self._lending:
                self._lent[reader] -= 1

    def close(self) -> None:
        """End every process, also those that are reading."""
        with self._lending:
            readers = list(self._lent)
        for reader in readers:
            reader.close()

    def _freest(self) -> TextReader:
        freest = min(self._lent, key=self._lent.__getitem__, default=None)
        if freest is not None and (self._lent[freest] == 0 or len(self._lent) >= self._most):
            return freest
        reader = TextReader(self._limits)
        self._lent[reader] = 0
        return reader
