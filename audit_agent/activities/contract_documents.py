"""Names and types of the activities that read documents; a part of the contract that workflows know."""

from datetime import timedelta

from audit_agent.activities.contract import Activity, Done, StepDone
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.period import Period
from audit_agent.domain.record import Digest, Record
from audit_agent.temporal.retry import COMPUTE, DATABASE, PAGE


class DocumentsToFreeze(Record):
    """The documents an audit was asked to look at, beside its frozen books."""

    audit: AuditId
    documents: str
    """As the request names them."""
    books: Digest


class FrozenDocuments(Record):
    """A set of documents as frozen for one audit."""

    digest: Digest
    count: int
    rejected: int
    economy: bool = False
    """Whether they are read in batches, at half price and with a delay."""


class DocumentsTask(Record):
    """Read the documents of one step and compare them with the books."""

    audit: AuditId
    plan: Digest
    step: StepId
    revision: int
    documents: Digest
    """The frozen set's manifest."""
    total: int
    """Documents in the set."""
    books: Digest
    period: Period | None
    currency: str
    economy: bool = False
    """Whether answers may be bought in batches, at half price and with a delay."""
    without_model: bool = False
    """Rules read what is left: the budget is spent, and people want the audit finished."""


class PageTask(DocumentsTask):
    """Read `count` documents from `offset` on."""

    offset: int
    count: int
    attempt: int = 1
    """From the second on, only documents that failed are read again."""
    final_too: bool = False
    """Whether another attempt is also made at failures that time alone does not mend."""


class PageDone(Record):
    """What became of a page."""

    done: int = 0
    failed: int = 0
    """Of those done: documents that could not be had or read."""
    passing: int = 0
    """Of those failed: which another attempt may help."""
    out_of_budget: bool = False
    """The page is not done, because the next call would go beyond the budget."""


class FailedSearch(DocumentsTask):
    """Look for the next pages with documents that failed."""

    after: int
    """The offset of the last page that is known already; -1 to begin with."""
    final_too: bool
    limit: int


class FailedPage(Record):
    """A page with documents that failed, and how often it was tried."""

    offset: int
    count: int
    failed: int
    attempts: int


class FailedPages(Record):
    """The next pages with documents that failed, in order."""

    pages: tuple[FailedPage, ...]


class DocumentsMark(DocumentsTask):
    """Where the reading of documents stands, for the projection."""

    state: RunState


FREEZE_DOCUMENTS = Activity("freeze_documents", DocumentsToFreeze, FrozenDocuments, COMPUTE, timedelta(hours=12))
READ_PAGE = Activity("read_page", PageTask, PageDone, PAGE, timedelta(hours=2), heartbeat=timedelta(seconds=3))
FIND_FAILED_PAGES = Activity("find_failed_pages", FailedSearch, FailedPages, DATABASE, timedelta(seconds=30))
MARK_DOCUMENTS = Activity("mark_documents", DocumentsMark, Done, DATABASE, timedelta(seconds=30))
CLOSE_DOCUMENTS = Activity("close_documents", DocumentsTask, StepDone, COMPUTE, timedelta(hours=4))
