"""Every blob an audit's log names, directly or through a manifest or workpaper, against its digest."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import ValidationError

from audit_agent.domain.books import BooksManifest
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.workpaper import Workpaper
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.verification import MisfitFoundError
from audit_agent.store.words import Event


class _Named(NamedTuple):
    """A blob, where it is named, and what it is parsed as to find more."""

    digest: Digest
    where: str
    form: type[Record] | None = None


_BLOBS: dict[Event, tuple[str, type[Record] | None]] = {
    Event.BOOKS_FROZEN: ("books", BooksManifest),
    Event.DRAFT_SAVED: ("digest", None),
    Event.STEP_DONE: ("workpaper", Workpaper),
    Event.REVIEW_OPENED: ("subject", None),
    Event.WORKPAPER_PUBLISHED: ("digest", Workpaper),
    Event.REPORT_DRAFTED: ("digest", None),
    Event.REPORT_PUBLISHED: ("digest", None),
}
"""Which field of which entry names a blob."""


def check_blobs(log: Iterable[LogRow], evidence: Evidence) -> int:
    """Read every blob; returns how many there are. Raises MisfitFoundError at the first that does not fit."""
    checked: set[Digest] = set()
    for blob in _named_by(log):
        _check(blob, evidence, checked)
    return len(checked)


def _named_by(log: Iterable[LogRow]) -> Iterator[_Named]:
    for entry in log:
        if entry.event in _BLOBS:
            field, form = _BLOBS[entry.event]
            yield _Named(json.loads(entry.data)[field], f"{entry.event.value} (log entry {entry.seq})", form)


def _check(blob: _Named, evidence: Evidence, checked: set[Digest]) -> None:
    if blob.digest in checked:
        return
    found = _digest_found(blob, evidence)
    if found != blob.digest:
        raise MisfitFoundError("A blob does not have its digest.", blob.where, blob.digest, found)
    checked.add(blob.digest)
    for inner in _inside(blob, evidence):
        _check(inner, evidence, checked)


def _digest_found(blob: _Named, evidence: Evidence) -> str:
    try:
        with evidence.path(blob.digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except NotFoundError:
        raise MisfitFoundError("A blob is missing.", blob.where, blob.digest, "nothing") from None
    except OSError as error:
        raise MisfitFoundError("A blob cannot be read.", blob.where, blob.digest, str(error)) from error


def _inside(blob: _Named, evidence: Evidence) -> Iterator[_Named]:
    """Blobs that this one names."""
    if blob.form is None:
        return
    try:
        content = blob.form.model_validate_json(evidence.read(blob.digest))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise MisfitFoundError("A blob cannot be understood.", blob.where, f"a {blob.form.__name__}", reason) from error
    match content:
        case BooksManifest(tables=tables, rejects=rejects):
            for table in (*tables, *((rejects,) if rejects else ())):
                yield _Named(table.digest, f"{blob.where}, table {table.name}")
        case Workpaper(exceptions=exceptions):
            yield _Named(exceptions, f"{blob.where}, exceptions")
