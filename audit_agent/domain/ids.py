"""Names of things. Each is text; the type says which text goes where."""

from typing import NewType

AuditId = NewType("AuditId", str)
"""Like `AUD-2026-0007`; also the Temporal workflow id."""

StepId = NewType("StepId", str)
"""Like `S03`, unique within a plan."""

ReviewId = NewType("ReviewId", str)
"""Like `AUD-2026-0007/plan/1`: audit, gate, round."""

RequestId = NewType("RequestId", str)
"""Like `AUD-2026-0007/S03/1`: audit, step, number of the question."""

BatchId = NewType("BatchId", str)
"""Like `AUD-2026-0007/S04/20000/1f8a90cc`: audit, step, first document, and the workflow run that wanted it."""

DecisionId = NewType("DecisionId", str)
"""Chosen by the surface that took the click; the key for deduplication."""

Person = NewType("Person", str)
"""Who: `user:NAME` on a terminal, later `slack:TEAM/USER`; `system` for the agent itself."""

SYSTEM = Person("system")


def review_id(audit: AuditId, gate: str, round_number: int) -> ReviewId:
    """The id of one opened gate."""
    return ReviewId(f"{audit}/{gate}/{round_number}")
