"""The documents of an audit, as its pages were read."""

from collections.abc import Iterator
from typing import Any

from audit_agent.activities.services import Services
from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.outcomes import load_outcomes
from audit_agent.domain.documents import Fetched
from audit_agent.domain.ids import AuditId
from audit_agent.investigating.library import DocumentLibrary, NoDocuments, Page
from audit_agent.store.document_runs import DocumentRuns, StepRun


class ReadDocuments:
    """Implements `DocumentLibrary` over finished pages.

    It is the words that fields were read from that are searched, and not the whole text of every document: that is
    not kept. A page that is opened is taken from the document's bytes again.
    """

    def __init__(self, services: Services, runs: tuple[StepRun, ...]) -> None:
        self._services = services
        self._pages = DocumentRuns(services.database)
        self._runs = runs

    def search(self, text: str, most: int) -> tuple[Page, ...]:
        """Documents with a quotation that contains the text, each with all such quotations of a page."""
        wanted = text.casefold()
        found: dict[tuple[int, int], Page] = {}
        for outcome in self._outcomes():
            for said, page in _quotations(outcome):
                if wanted not in said.casefold():
                    continue
                key = (outcome.entry.number, page)
                if key not in found and len(found) == most:
                    return tuple(found.values())
                before = f"{found[key].text}\n" if key in found else ""
                found[key] = Page(outcome.entry.number, outcome.entry.name, page, f"{before}{said}")
        return tuple(found.values())

    def page(self, document: int, page: int) -> Page | None:
        """The text of a page as a person sees it."""
        outcome = next((one for one in self._outcomes(document) if one.entry.number == document), None)
        if outcome is None or not isinstance(outcome.fetched, Fetched):
            return None
        path = self._services.evidence.path(outcome.fetched.sha256)
        with self._services.texts.borrowed() as texts:
            read = texts.read(path, outcome.fetched.media_type)
        rows = [row for row in read.rows() if (row[0].place.page or 1) == page]
        lines = (" ".join(piece.text for piece in row) for row in rows)
        return Page(document, outcome.entry.name, page, "\n".join(lines)) if rows else None

    def _outcomes(self, document: int | None = None) -> Iterator[DocumentOutcome]:
        """Every outcome, or those of the page with one document."""
        for run in self._runs:
            for finished in self._pages.outcomes(run):
                outcomes = load_outcomes(self._services.evidence, finished.digest)
                if document is None or finished.offset <= document < finished.offset + len(outcomes):
                    yield from outcomes


def library(services: Services, audit: AuditId) -> DocumentLibrary:
    """The documents that steps of the audit read; none where no step reads any."""
    runs = DocumentRuns(services.database).of_audit(audit)
    return ReadDocuments(services, runs) if runs else NoDocuments()


def _quotations(outcome: DocumentOutcome) -> Iterator[tuple[str, int]]:
    """The words that support fields, and the page of each."""
    if outcome.result is not None:
        yield from _quoted(outcome.result.model_dump())


def _quoted(value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        quotation = value.get("quotation")
        if quotation is not None:
            yield quotation["text"], quotation["place"]["page"] or 1
        else:
            for item in value.values():
                yield from _quoted(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _quoted(item)
