"""Tests that the catalogue lacks: a query over the canonical tables, agreed with the plan."""

from pydantic import Field

from audit_agent.domain.record import Record

LONGEST_QUERY = 4_000
MOST_ROWS = 100_000
"""Rows one such test may flag; more say that it tests nothing."""


class QueryTest(Record):
    """A single SELECT whose rows are what the test flags.

    Each row names a row of `table` by `Source_File` and `Source_Row`. It may have a column `exception` (rows with the
    same text are one exception), `amount` (what is at stake) and `why` (a sentence); other columns are shown with it.
    """

    id: str = Field(pattern=r"^Q-[0-9]{2}$")
    title: str = Field(min_length=1, max_length=200)
    risk: str = Field(pattern=r"^R[0-9]{1,2}$")
    """The programme's risk it answers."""
    table: str
    """The canonical table whose rows are flagged."""
    sql: str = Field(min_length=1, max_length=LONGEST_QUERY)
    means: str = Field(min_length=1, max_length=1_000)
    """What it means when a row is flagged, for people."""
    tried: str = Field(default="", exclude_if=lambda tried: not tried)
    """What it gave when it was tried before the plan was shown."""

    @property
    def in_a_line(self) -> str:
        """At a glance: `Q-01 Orders at odd hours (flags rows of Purchase_Orders; tried: 3 rows)`."""
        tried = f"; tried: {self.tried}" if self.tried else ""
        return f"{self.id} {self.title} (flags rows of {self.table}{tried})"
