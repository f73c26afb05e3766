"""What activities work with. `bootstrap` fills it in."""

from dataclasses import dataclass, field
from pathlib import Path

from audit_agent.clock import Clock
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.open_books import OpenBooks
from audit_agent.documents.reading.reader import DocumentReader, OfflineReader
from audit_agent.documents.text.pool import TextReaders
from audit_agent.domain.evidence import Evidence
from audit_agent.holds.port import PaymentSystem
from audit_agent.llm.analyst import Analyst
from audit_agent.llm.batches.economy import Economy
from audit_agent.llm.estimating import Estimator
from audit_agent.notify.notifier import Notifier
from audit_agent.store.database import Database


@dataclass(frozen=True)
class Services:
    """The ports of one worker process."""

    database: Database
    evidence: Evidence
    analyst: Analyst
    rules: Analyst
    """Works without a model: when a budget is spent."""
    payments: PaymentSystem
    notifier: Notifier
    clock: Clock
    reader: DocumentReader = field(default_factory=OfflineReader)
    rules_reader: DocumentReader = field(default_factory=OfflineReader)
    """Reads without a model: what is left when a budget is spent."""
    economy: Economy | None = None
    """How documents are read at half price; None where no model reads them."""
    estimator: Estimator | None = None
    """Tells what reading documents will cost; None where no model reads them."""
    programs_folder: Path | None = None
    """Programmes of one's own, for audits that schedules make."""
    policy_file: Path | None = None
    """The policy of audits whose schedule names none."""
    fetching: FetchPolicy = field(default_factory=FetchPolicy)
    """Which documents may be had, and how much of them."""
    texts: TextReaders = field(default_factory=TextReaders)
    books: OpenBooks = field(default_factory=OpenBooks)

    def close(self) -> None:
        """End the processes that read documents, and let go of books that are open."""
        self.texts.close()
        self.books.close()
