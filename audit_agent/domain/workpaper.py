"""The evidence of one step."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from audit_agent.domain.evidence_request import AskedEvidence
from audit_agent.domain.ids import StepId
from audit_agent.domain.record import Digest, Record


class SourceRow(Record):
    """Where a figure comes from: canonical table, and file, SHA-256 and 1-based row of its source."""

    table: str
    file: str
    sha256: Digest
    row: int


class ExceptionItem(Record):
    """Something a procedure flags: one row, or several that belong together (a journal, a group of duplicates)."""

    ref: str
    """Like `S03-E00012`, unique within the audit; numbered by descending score, then key."""
    key: str
    """What it is, for people: `Journal 100011090`, `Invoice 4711 of V0042`."""
    reason: str
    score: Decimal
    """Between 0 and 1: how unusual, compared with other exceptions of the same procedure."""
    amount: Decimal | None = None
    currency: str = ""
    day: date | None = None
    facts: dict[str, str] = {}
    """Canonical fields of the first row that a reader or a remedy needs (`Payment_ID`, `Entered_By`, ...)."""
    sources: tuple[SourceRow, ...]
    source_count: int
    """All rows behind it; `sources` names the first 50."""


class Series(Record):
    """A small table of figures behind a statistic, such as expected and found digit shares."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class TableRead(Record):
    """A table a step read, and the digest of exactly what it read."""

    table: str
    digest: Digest
    rows: int


class ComputedTable(Record):
    """Rows that code computed where a query could not, such as scores or pairs of names."""

    table: str
    digest: Digest
    """Parquet blob with the rows."""
    rows: int


class DismissedItem(ExceptionItem):
    """An exception that a rule explained away. Its `ref` is like `S03-D00002`."""

    rule: str
    because: str


class DismissedBy(Record):
    """What one rule dismissed."""

    rule: str
    title: str
    because: str
    count: int
    lines: int
    """Source rows behind them."""


class Dismissed(Record):
    """What a procedure flagged and a rule explained away: no exceptions, but kept and shown."""

    count: int
    lines: int
    by: tuple[DismissedBy, ...]
    """In the order in which the rules apply; only those that dismissed something."""
    items: Digest
    """Parquet blob with every one of them, the rule and the reason beside it."""
    top: tuple[DismissedItem, ...]
    """The 50 highest by score."""


class Workpaper(Record):
    """What a step did and found. Same books, plan and version give the same bytes."""

    step: StepId
    title: str
    procedure: str
    procedure_version: str
    parameters: dict[str, str]
    """Every parameter as used, defaults included."""
    reads: tuple[TableRead, ...]
    population: int
    """Rows the procedure tested."""
    statistics: dict[str, str]
    series: tuple[Series, ...] = ()
    exception_count: int
    exception_lines: int
    """Source rows behind all exceptions."""
    exception_amount: Decimal | None = None
    currency: str = ""
    exceptions: Digest
    """Parquet blob with every exception."""
    top: tuple[ExceptionItem, ...]
    """The 50 highest by score."""
    sql: str
    """Re-performs the test on the canonical tables (DuckDB dialect)."""
    conclusion: str
    asked: tuple[AskedEvidence, ...] = Field(default=(), exclude_if=lambda asked: not asked)
    """What process owners were asked for this step, and what they answered."""
    outcomes: Digest | None = Field(default=None, exclude_if=lambda outcomes: outcomes is None)
    """Where documents were read: the blob that names what each of them came to (`DocumentOutcomes`)."""
    computed: tuple[ComputedTable, ...] = Field(default=(), exclude_if=lambda computed: not computed)
    """Tables that `sql` reads beside the canonical ones."""
    dismissed: Dismissed | None = Field(default=None, exclude_if=lambda dismissed: dismissed is None)
    """What the procedure's rules dismissed; None where they dismissed nothing."""

    @property
    def flagged_count(self) -> int:
        """Everything the procedure flagged: the exceptions, and what rules dismissed."""
        return self.exception_count + (self.dismissed.count if self.dismissed else 0)
