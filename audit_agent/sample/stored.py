"""All exceptions of finished workpapers, not only the 50 that a workpaper shows."""

from collections.abc import Iterator

import pyarrow.parquet as pq

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.workpaper import ExceptionItem, Workpaper


def stored_exceptions(workpaper: Workpaper, evidence: Evidence) -> Iterator[tuple[str, ExceptionItem]]:
    """Every exception of a workpaper with the id of its procedure, as `score` takes them.

    Facts are all fields stored with the exception's first row; source rows are left out, only counted.
    Raises NotFoundError when the evidence lacks the workpaper's blob.
    """
    last = ""
    for row in pq.read_table(evidence.path(workpaper.exceptions)).to_pylist():
        if row["exception_ref"] == last:
            continue
        last = row["exception_ref"]
        yield (
            workpaper.procedure,
            ExceptionItem(
                ref=last,
                key=row["exception_key"],
                reason=row["exception_reason"],
                score=row["exception_score"],
                amount=row["exception_amount"],
                currency=row["exception_currency"] or "",
                day=row["exception_day"],
                facts={name: str(value) for name, value in row.items() if name[0].isupper() and value is not None},
                sources=(),
                source_count=row["exception_rows"],
            ),
        )
