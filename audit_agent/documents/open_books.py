"""The invoices of frozen books, kept open from one page of documents to the next."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from audit_agent.books.tables import FrozenTables
from audit_agent.documents.booked import INVOICES, BookedInvoices, TableInvoices
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest


class OpenBooks:
    """The books that were asked for last: reading them anew for every page would take longer than the page."""

    def __init__(self) -> None:
        self._books: Digest | None = None
        self._invoices: TableInvoices | None = None
        self._open = ExitStack()
        self._busy = threading.Lock()

    @contextmanager
    def invoices(self, books: Digest, evidence: Evidence) -> Iterator[BookedInvoices | None]:
        """The invoices, for one thread at a time; None where the books carry none."""
        with self._busy:
            if books != self._books:
                self._turn_to(books, evidence)
            yield self._invoices

    def close(self) -> None:
        """Let go of the books."""
        with self._busy:
            self._books, self._invoices = None, None
            self._open.close()

    def _turn_to(self, books: Digest, evidence: Evidence) -> None:
        self._books, self._invoices = None, None
        self._open.close()
        manifest = BooksManifest.model_validate_json(evidence.read(books))
        tables = self._open.enter_context(FrozenTables(manifest, evidence))
        if tables.has(INVOICES):
            self._invoices = self._open.enter_context(TableInvoices(tables))
        self._books = books
