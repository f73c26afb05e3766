"""Every blob an audit's log names, directly or through a manifest or workpaper, against its digest."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from audit_agent.domain.books import BooksManifest
from audit_agent.domain.documents import DocumentManifest, DocumentOutcomes
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.evidence_request import Attachment, Reply
from audit_agent.domain.investigation_paper import InvestigationPaper
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import Workpaper
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.verification import MisfitFoundError
from audit_agent.store.words import Event


class _ReportRun(BaseModel):
    log_head: Digest | None = None


class _Report(BaseModel):
    """What this module must know of a report: the newest log entry when it was written."""

    run: _ReportRun


class _Named(NamedTuple):
    """A blob, where it is named, and what it is parsed as to find more."""

    digest: Digest
    where: str
    form: type[BaseModel] | None = None


_BLOBS: dict[Event, tuple[str, type[BaseModel] | None]] = {
    Event.BOOKS_FROZEN: ("books", BooksManifest),
    Event.DOCUMENTS_FROZEN: ("documents", DocumentManifest),
    Event.DRAFT_SAVED: ("digest", None),
    Event.STEP_DONE: ("workpaper", Workpaper),
    Event.INVESTIGATION_PAUSED: ("paper", InvestigationPaper),
    Event.INVESTIGATION_CONCLUDED: ("paper", InvestigationPaper),
    Event.REVIEW_OPENED: ("subject", None),
    Event.REPLY_ANSWERED: ("evidence", Reply),
    Event.WORKPAPER_PUBLISHED: ("digest", Workpaper),
    Event.REPORT_DRAFTED: ("digest", _Report),
    Event.REPORT_PUBLISHED: ("digest", _Report),
}
"""Which field of which entry names a blob; a refused reply names none."""


def check_blobs(log: Iterable[LogRow], evidence: Evidence) -> int:
    """Read every blob; returns how many there are. Raises MisfitFoundError at the first that does not fit."""
    checker = _Checker(evidence)
    for entry in log:
        checker.told.add(entry.hash)
        if entry.event in _BLOBS:
            field, form = _BLOBS[entry.event]
            where = f"{entry.event.value} (log entry {entry.seq})"
            if digest := json.loads(entry.data)[field]:
                checker.check(_Named(digest, where, form))
    return len(checker.hashed)


class _Checker:
    """Checks each blob once, and everything it names."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._parsed: set[tuple[Digest, type[BaseModel]]] = set()
        self.hashed: set[Digest] = set()
        self.told: set[Digest] = set()
        """Hashes of the log's entries so far."""

    def check(self, blob: _Named) -> None:
        if blob.digest not in self.hashed:
            found = self._digest_found(blob)
            if found != blob.digest:
                raise MisfitFoundError("A blob does not have its digest.", blob.where, blob.digest, found)
            self.hashed.add(blob.digest)
        if blob.form is not None and (blob.digest, blob.form) not in self._parsed:
            self._parsed.add((blob.digest, blob.form))
            self._check_inside(blob, blob.form)

    def _digest_found(self, blob: _Named) -> str:
        try:
            with self._evidence.path(blob.digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except NotFoundError:
            raise MisfitFoundError("A blob is missing.", blob.where, blob.digest, "nothing") from None
        except OSError as error:
            raise MisfitFoundError("A blob cannot be read.", blob.where, blob.digest, str(error)) from error

    def _check_inside(self, blob: _Named, form: type[BaseModel]) -> None:
        try:
            content = form.model_validate_json(self._evidence.read(blob.digest))
        except ValidationError as error:
            what, reason = form.__name__.strip("_"), error.errors()[0]["msg"]
            raise MisfitFoundError("A blob cannot be understood.", blob.where, f"a {what}", reason) from error
        if isinstance(content, _Report):
            self._check_report(blob, content.run.log_head)
        for inner in _named_by(content, blob.where):
            self.check(inner)

    def _check_report(self, blob: _Named, head: Digest | None) -> None:
        # A report that people hold a copy of pins the log: rewriting the whole log does not help.
        if head is not None and head not in self.told:
            what = "The report was written over a log that had another entry."
            raise MisfitFoundError(what, blob.where, f"an entry before it with the hash {head}", "none")


def _named_by(content: BaseModel, where: str) -> Iterator[_Named]:
    match content:
        case BooksManifest(tables=tables, rejects=rejects):
            for table in (*tables, *((rejects,) if rejects else ())):
                yield _Named(table.digest, f"{where}, table {table.name}")
        case Reply(file=Attachment(digest=digest)):
            yield _Named(digest, f"{where}, file")
        case InvestigationPaper(lead=lead, course=course):
            for taken in course.turns:
                yield _Named(taken.turn, f"{where}, turn {taken.number} of {lead.id}")
            for use in course.uses:
                yield _Named(use.result, f"{where}, result {use.ref} of {lead.id}")
        case DocumentManifest(entries=entries, rejects=refused):
            yield from (_Named(entries, f"{where}, entries"), _Named(refused, f"{where}, refused"))
        case DocumentOutcomes(pages=pages):
            yield from (_Named(page.digest, f"{where}, page from document {page.offset + 1}") for page in pages)
        case Workpaper(exceptions=exceptions, outcomes=outcomes, dismissed=dismissed, computed=computed):
            yield _Named(exceptions, f"{where}, exceptions")
            for table in computed:
                yield _Named(table.digest, f"{where}, {table.table}")
            if dismissed is not None:
                yield _Named(dismissed.items, f"{where}, dismissed")
            if outcomes is not None:
                yield _Named(outcomes, f"{where}, documents", DocumentOutcomes)
