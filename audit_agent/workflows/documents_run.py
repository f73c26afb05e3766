"""What the workflows that read documents are given and give back; none of it grows with the set."""

from datetime import timedelta

from audit_agent.activities.contract_documents import DocumentsTask
from audit_agent.domain.documents import PAGE
from audit_agent.domain.record import Record


def workflow_of(task: DocumentsTask) -> str:
    """The id of the workflow that reads a step's documents."""
    return f"{task.audit}/documents/{task.step}"


class Layout(Record):
    """How reading is spread over activities and workflows; tests shrink it."""

    page: int = PAGE
    in_flight: int = 8
    """Pages at a time. More would only queue on the workers."""
    range: int = 100_000
    """Documents above which each such range is a workflow of its own."""
    ranges_in_flight: int = 2
    pages_each_run: int | None = None
    """After so many the workflow continues as new; None to wait until the server suggests it."""
    waits: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=5))
    """Before each further attempt at failures that may pass."""


class Span(Record):
    """Documents from `start` on, up to and without `end`."""

    start: int
    end: int


class Tally(Record):
    """What was counted so far, for people who look at the workflow; the database has it in full."""

    done: int = 0
    failed: int = 0
    passing: int = 0
    """Failures that another attempt may help."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            done=self.done + other.done, failed=self.failed + other.failed, passing=self.passing + other.passing
        )


class Again(Record):
    """Another attempt under way: which failures it takes, and how far it has come."""

    final_too: bool
    after: int = -1
    passing: int = 0


class DocumentsRun(Record):
    """Where a run begins. `left` is None at the very beginning, and empty when everything was read once."""

    task: DocumentsTask
    left: tuple[Span, ...] | None = None
    tally: Tally = Tally()
    waited: int = 0
    """Further attempts that were made after a wait."""
    again: Again | None = None
    retry_asked: bool = False
    paused: bool = False
    prefilled: bool = False
    """Whether batches have answered what they could."""
    layout: Layout = Layout()

    @property
    def buys_in_batches(self) -> bool:
        """Whether a model's answers are bought in batches before documents are read."""
        return self.task.economy and not self.task.without_model

    @property
    def spans(self) -> tuple[Span, ...]:
        """What is left to read."""
        return (Span(start=0, end=self.task.total),) if self.left is None else self.left


class DocumentsDone(Record):
    """How reading ended: nothing is left, or the budget is spent."""

    left: tuple[Span, ...] = ()
    tally: Tally = Tally()
    out_of_budget: bool = False
    paused: bool = False
    retry_asked: bool = False
    """What people asked for that the next run has to heed."""
