"""Documents under audit: what a frozen set consists of, and what became of fetching one of them."""

from datetime import timedelta
from enum import StrEnum

from audit_agent.domain.record import Digest, Record

PAGE = 50
"""Documents one activity reads; a manifest's row groups hold whole pages."""


class SetKind(StrEnum):
    """What a set was given as."""

    FOLDER = "folder"
    GLOB = "glob"
    LIST = "list"
    COLUMN = "column"
    S3_PREFIX = "S3 prefix"


class BooksRow(Record):
    """The row of the books that a document supports, as far as whoever named the document said."""

    table: str | None = None
    source_file: str | None = None
    source_row: int | None = None
    keys: dict[str, str] = {}
    """Column -> value; how the row is found in its table."""


class DocumentEntry(Record):
    """One document of a frozen set.

    Size and digest are those of the file when the set was frozen; a file that was missing has none. What lies behind an
    address is known only once it is fetched, so its outcome carries them.
    """

    number: int
    """Counted from 0; the offset at which a page that begins with it is read."""
    source: str
    """An address (`https://...`, `s3://bucket/key`), or a path relative to the set's root, with forward slashes."""
    name: str
    size: int | None = None
    sha256: Digest | None = None
    media_type: str | None = None
    """By its first bytes for a file, by its name for an address."""
    supports: BooksRow | None = None


class RejectedDocument(Record):
    """Something in what was given that is no document of the set, and why."""

    file: str
    row: int | None = None
    """Line of the list, or row of the books; None for a file of a folder."""
    value: str
    reason: str
    duplicate_of: int | None = None
    """The number of the entry that has the same source."""


class DocumentManifest(Record):
    """A frozen set. Its own digest names the set; entries and rejects are Parquet blobs, read by page."""

    schema_version: int = 1
    kind: SetKind
    root: str | None
    """The folder that paths are relative to and may not leave; None where no file may be read."""
    entries: Digest
    count: int
    rejects: Digest
    rejected: int


class Problem(StrEnum):
    """Why a document could not be had."""

    DEAD_LINK = "dead link"
    GONE = "gone"
    DENIED = "denied"
    REFUSED_ADDRESS = "refused address"
    OUTSIDE = "outside the set"
    TOO_LARGE = "too large"
    WRONG_TYPE = "wrong type"
    EMPTY = "empty"
    CHANGED = "changed since the set was frozen"
    UNTRUSTED = "untrusted certificate"
    TOO_MANY_REDIRECTS = "too many redirects"
    TIMED_OUT = "timed out"
    BUSY = "busy"
    SERVER_ERROR = "server error"
    UNREACHABLE = "unreachable"
    BROKEN = "broken transfer"

    @property
    def may_pass(self) -> bool:
        """Whether another try can help; the others are final."""
        return self in _PASSING


_PASSING = {Problem.TIMED_OUT, Problem.BUSY, Problem.SERVER_ERROR, Problem.UNREACHABLE, Problem.BROKEN}


class Fetched(Record):
    """A document whose bytes are in the evidence."""

    sha256: Digest
    size: int
    media_type: str
    """By its first bytes, whatever the server said."""
    source: str
    """Where it was found in the end, after redirects."""


class NotFetched(Record):
    """A document that could not be had: an outcome that is recorded, not a failure of the audit."""

    problem: Problem
    detail: str
    status: int | None = None
    """Of the HTTP answer, where there was one."""
    retry_after: timedelta | None = None
    """How long the server asked to be left alone."""
    source: str
    """Where it was looked for last, after redirects."""


FetchOutcome = Fetched | NotFetched


class RunState(StrEnum):
    """Where the reading of a step's documents stands."""

    READING = "reading"
    IN_BATCHES = "waiting for batches"
    PAUSED = "paused"
    TRYING_AGAIN = "trying again"
    OUT_OF_BUDGET = "out of budget"
    READ = "read"
    """Nothing is left to read; the workpaper is being written."""
    CLOSED = "closed"


class PageOutcomes(Record):
    """The outcomes of one page: JSON lines, one of each document, in their order."""

    offset: int
    digest: Digest


class DocumentOutcomes(Record):
    """Everything a step's documents came to, page by page. The workpaper names it."""

    documents: Digest
    """The frozen set's manifest."""
    pages: tuple[PageOutcomes, ...]
