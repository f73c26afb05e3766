"""The port to the audited documents' text."""

from typing import NamedTuple, Protocol


class Page(NamedTuple):
    """A page of a document, as far as it is shown."""

    document: int
    """Counted from 0, as in the manifest."""
    name: str
    page: int
    """From 1."""
    text: str


class DocumentLibrary(Protocol):
    """Documents that were read for the audit."""

    def search(self, text: str, most: int) -> tuple[Page, ...]:
        """Pages that contain a text, whatever the case, in order; at most so many."""
        ...

    def page(self, document: int, page: int) -> Page | None:
        """One page; None where there is none."""
        ...


class NoDocuments:
    """Implements `DocumentLibrary`: the audit has no documents."""

    def search(self, text: str, most: int) -> tuple[Page, ...]:
        """Nothing."""
        return ()

    def page(self, document: int, page: int) -> Page | None:
        """None."""
        return None
