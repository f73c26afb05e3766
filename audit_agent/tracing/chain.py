"""The links of a chain, from a figure to its source rows."""

from decimal import Decimal

from audit_agent.domain.books import SourceFile
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.workpaper import ComputedTable, TableRead
from audit_agent.reports.run import DecisionTaken


class TracedRow(Record):
    """A row of a canonical table, and the row of the file it was read from."""

    table: str
    file: str
    sha256: Digest
    row: int
    """Counted from 1, as a person counts in that file."""
    values: dict[str, str] = {}
    """The canonical fields that hold something; empty where the row is of no table of the books."""


class TracedException(Record):
    """An exception, or a dismissed one, and the first rows behind it."""

    ref: str
    key: str
    reason: str
    amount: Decimal | None
    currency: str
    rule: str = ""
    """The rule that dismissed it."""
    source_count: int
    rows: tuple[TracedRow, ...]


class TracedFinding(Record):
    """A finding the figure belongs to."""

    ref: str
    title: str
    severity: str
    explained: tuple[str, ...]
    """Exceptions an investigation explained, which it does not count."""
    investigations: tuple[Digest, ...]
    """The papers of what was looked into."""


class TracedStep(Record):
    """The step and the procedure that computed the figure: all that is needed to compute it again."""

    step: StepId
    title: str
    procedure: str
    version: str
    parameters: dict[str, str]
    reads: tuple[TableRead, ...]
    computed: tuple[ComputedTable, ...]
    sql: str
    workpaper: Digest
    exceptions: Digest


class Recomputed(Record):
    """The figure, added up again from the evidence."""

    value: Decimal
    agrees: bool
    how: str


class Trace(Record):
    """The whole chain of one REF. Parts that the figure does not have are empty."""

    audit: AuditId
    ref: str
    what: str
    value: str = ""
    adds_up: tuple[str, ...] = ()
    """REFs of the figures it is the sum of."""
    recomputed: Recomputed | None = None
    finding: TracedFinding | None = None
    step: TracedStep | None = None
    exceptions: tuple[TracedException, ...] = ()
    more_exceptions: int = 0
    tables: tuple[TableRead, ...] = ()
    """Frozen tables it was read from, as a whole."""
    sources: tuple[SourceFile, ...] = ()
    """The files those tables were imported from, with how their columns were mapped."""
    decisions: tuple[DecisionTaken, ...] = ()
    """Who agreed to what it rests on, and when."""
    report: Digest
    """The signed report, or the draft, it stands in."""
