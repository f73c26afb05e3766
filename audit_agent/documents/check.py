"""A set of documents looked at outside any audit: in a temporary folder, and nothing is kept."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.clock import system_clock
from audit_agent.documents.analysis import DocumentAnalysis, DocumentOutcome, compared
from audit_agent.documents.booked import BookedInvoices, TableInvoices
from audit_agent.documents.fetching.fetcher import SetFetcher
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.manifest import GROUP_ROWS, read_entries, read_rejects
from audit_agent.documents.reading.reader import OfflineReader, ReadingTask
from audit_agent.documents.s3 import SCHEME, S3Access, object_name
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.sets.given import given_set
from audit_agent.documents.text.processes import TextReader
from audit_agent.domain.documents import PAGE, DocumentManifest, RejectedDocument, SetKind
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Record
from audit_agent.store.evidence import FolderEvidence

REJECTS_SHOWN = 50
_NO_AUDIT = ReadingTask(audit=AuditId(""), purpose="check")

Told = Callable[[int, int], None]
"""Hears how many documents of how many are done."""


class OfOneType(Record):
    """Entries of one media type; sizes of addresses are not known before they are fetched."""

    media_type: str
    count: int
    size: int


class SetCheck(Record):
    """What a set holds, what was refused, and the outcome of its first documents."""

    kind: SetKind
    count: int
    size: int
    media_types: tuple[OfOneType, ...]
    rejected: int
    rejects: tuple[RejectedDocument, ...]
    """The first of them."""
    outcomes: tuple[DocumentOutcome, ...]


def check_documents(
    given: str, books: Path | None, limit: int, told: Told, policy: FetchPolicy | None = None
) -> SetCheck:
    """Freeze a set, then analyse its first documents, against the books where there are any.

    Raises what is wrong with the set or the books as a whole, never what is wrong with one document.
    """
    found = given_set(given, S3Access())
    with tempfile.TemporaryDirectory(prefix="audit-agent-") as name, ExitStack() as open_books:
        evidence = FolderEvidence(Path(name))
        rows: BookedInvoices | None = None
        if books is not None:
            _, imported = import_books(books, evidence)
            tables = open_books.enter_context(FrozenTables(imported, evidence))
            rows = open_books.enter_context(TableInvoices(tables))
        _, manifest = freeze_documents(found, evidence)
        media_types = _media_types(evidence, manifest)
        return SetCheck(
            kind=manifest.kind,
            count=manifest.count,
            size=sum(one.size for one in media_types),
            media_types=media_types,
            rejected=manifest.rejected,
            rejects=read_rejects(evidence, manifest, 0, REJECTS_SHOWN),
            outcomes=asyncio.run(_outcomes(manifest, evidence, rows, limit, told, policy or _policy(given))),
        )


def _policy(given: str) -> FetchPolicy:
    """Whoever names a bucket on the command line lets it be read."""
    return FetchPolicy(buckets=(object_name(given).bucket,) if given.startswith(SCHEME) else ())


def _media_types(evidence: Evidence, manifest: DocumentManifest) -> tuple[OfOneType, ...]:
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for offset in range(0, manifest.count, GROUP_ROWS):
        for entry in read_entries(evidence, manifest, offset, GROUP_ROWS):
            kind = entry.media_type or "not known before it is fetched"
            counts[kind] += 1
            sizes[kind] += entry.size or 0
    return tuple(OfOneType(media_type=kind, count=counts[kind], size=sizes[kind]) for kind in sorted(counts))


async def _outcomes(
    manifest: DocumentManifest,
    evidence: Evidence,
    rows: BookedInvoices | None,
    limit: int,
    told: Told,
    policy: FetchPolicy,
) -> tuple[DocumentOutcome, ...]:
    wanted = min(limit, manifest.count)
    outcomes: list[DocumentOutcome] = []
    with TextReader() as reader:
        async with SetFetcher(manifest, policy, evidence, S3Access(), system_clock) as fetcher:
            analysis = DocumentAnalysis(fetcher, evidence, reader, OfflineReader(), lambda _: _NO_AUDIT)
            while len(outcomes) < wanted:
                told(len(outcomes), wanted)
                page = read_entries(evidence, manifest, len(outcomes), min(PAGE, wanted - len(outcomes)))
                found = await analysis.page(page)
                outcomes += found if rows is None else (compared(outcome, rows) for outcome in found)
    told(wanted, wanted)
    return tuple(outcomes)
