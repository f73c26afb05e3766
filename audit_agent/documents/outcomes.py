"""Outcomes of a page of documents as a blob: JSON lines, one of each document, in their order."""

from collections.abc import Iterable

from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest


def keep_outcomes(evidence: Evidence, outcomes: Iterable[DocumentOutcome]) -> Digest:
    """Store a page; what a document leaves open is left out of its line."""
    lines = (outcome.model_dump_json(exclude_defaults=True) + "\n" for outcome in outcomes)
    return evidence.put("".join(lines).encode())


def load_outcomes(evidence: Evidence, digest: Digest) -> tuple[DocumentOutcome, ...]:
    """The outcomes of a page."""
    # Not `splitlines`: text of a document may hold other line ends, which JSON does not escape.
    lines = evidence.read(digest).decode().split("\n")
    return tuple(DocumentOutcome.model_validate_json(line) for line in lines if line)
