"""Source rows as a reader finds them: file and row, neighbours joined."""

from typing import NamedTuple

from audit_agent.reports.parts import ExceptionLine

PLACES_SHOWN = 5
"""Places shown beside an exception; the JSON report lists up to 50 source rows."""


class Place(NamedTuple):
    """One row of a file, or several that follow each other."""

    file: str
    first: int
    last: int

    @property
    def rows(self) -> str:
        """`12`, or `12-15`."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class Places(NamedTuple):
    """Where an exception comes from: the first places, and how many rows lie elsewhere."""

    shown: tuple[Place, ...]
    more_rows: int


def places(line: ExceptionLine) -> Places:
    """The places of an exception in the order of its sources."""
    joined: list[Place] = []
    for source in line.sources:
        if joined and joined[-1].file == source.file and joined[-1].last + 1 == source.row:
            joined[-1] = joined[-1]._replace(last=source.row)
        else:
            joined.append(Place(source.file, source.row, source.row))
    shown = tuple(joined[:PLACES_SHOWN])
    return Places(shown, line.source_count - sum(place.last - place.first + 1 for place in shown))
