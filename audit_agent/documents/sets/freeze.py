"""From a set as given to a manifest that never changes."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from audit_agent.documents.confined import NoFileError, OutsideError, open_below
from audit_agent.documents.errors import EmptySetError
from audit_agent.documents.manifest import entry_writer, read_rejects, reject_writer
from audit_agent.documents.media_types import guess, sniff
from audit_agent.documents.sets.address import NoSourceError, is_address, name_of, normal_source
from audit_agent.documents.sets.found import Candidate, DocumentSet
from audit_agent.documents.sets.spool import Spool
from audit_agent.domain.documents import DocumentEntry, DocumentManifest, RejectedDocument
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest, canonical_json


def freeze_documents(given: DocumentSet, evidence: Evidence) -> tuple[Digest, DocumentManifest]:
    """Write the manifest of a set into the evidence; returns its digest, which names the set.

    Files are read and hashed; addresses are kept as they are and fetched later. What is no document is a reject; a file
    that is named and not there is an entry, since a document that is missing is for the audit to say.
    Raises EmptySetError when nothing is left, and what the kind of set raises when it cannot be read as a whole.
    """
    with tempfile.TemporaryDirectory(dir=evidence.workspace(), prefix="documents-") as name:
        folder = Path(name)
        entries, rejects = entry_writer(folder / "entries.parquet"), reject_writer(folder / "rejects.parquet")
        with Spool(folder) as spool, entries, rejects:
            for item in given.found() if given.ordered else spool.sorted(given.found()):
                kept = _kept(item, entries.count, given, spool) if isinstance(item, Candidate) else item
                if isinstance(kept, DocumentEntry):
                    entries.write(kept)
                else:
                    rejects.write(kept)
        manifest = DocumentManifest(
            kind=given.kind,
            root=None if given.root is None else str(given.root.absolute()),
            entries=evidence.put_file(folder / "entries.parquet"),
            count=entries.count,
            rejects=evidence.put_file(folder / "rejects.parquet"),
            rejected=rejects.count,
        )
    if not manifest.count:
        raise _empty(evidence, manifest)
    return evidence.put(canonical_json(manifest)), manifest


def _kept(item: Candidate, number: int, given: DocumentSet, spool: Spool) -> DocumentEntry | RejectedDocument:
    try:
        source = normal_source(item.source, given.root)
    except NoSourceError as error:
        return _reject(item, str(error))
    first = spool.number_of(source) if given.ordered else None
    if first is not None:
        return _reject(item, f"it is named twice; the first is document {first}", first)
    if is_address(source):
        name = name_of(source)
        entry = DocumentEntry(
            number=number, source=source, name=name, size=item.size, media_type=guess(name), supports=item.supports
        )
    else:
        try:
            read = _read(given.root or Path(), source)
        except FileNotFoundError as error:
            read = _Read(None, None, None) if given.ordered else f"it cannot be read: {error.strerror}"
        if isinstance(read, str):
            return _reject(item, read)
        entry = DocumentEntry(
            number=number,
            source=source,
            name=name_of(source),
            size=read.size,
            sha256=read.sha256,
            media_type=read.media_type,
            supports=item.supports,
        )
    if given.ordered:
        spool.keep(source, number)
    return entry


@dataclass(frozen=True)
class _Read:
    size: int | None
    sha256: Digest | None
    media_type: str | None


def _read(root: Path, source: str) -> _Read | str:
    """What a file is, or why it cannot be read. Raises FileNotFoundError."""
    try:
        with open_below(root, source) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return _Read(file.tell(), Digest(digest), sniff(file, source))
    except OutsideError:
        return "it is a link that leaves the folder of the set"
    except NoFileError:
        return "it is no regular file"
    except FileNotFoundError:
        raise
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"


def _reject(item: Candidate, reason: str, duplicate_of: int | None = None) -> RejectedDocument:
    return RejectedDocument(
        file=item.file, row=item.row, value=item.source[:1000], reason=reason, duplicate_of=duplicate_of
    )


def _empty(evidence: Evidence, manifest: DocumentManifest) -> EmptySetError:
    if not manifest.rejected:
        return EmptySetError("The document set is empty.", "Check the path, pattern or prefix.")
    (first,) = read_rejects(evidence, manifest, 0, 1)
    place = first.file if first.row is None else f"{first.file}, line {first.row}"
    return EmptySetError(
        f"The document set is empty: all {manifest.rejected:,} were refused. The first is {place}: {first.reason}.",
        "Correct what was given and try again.",
    )
