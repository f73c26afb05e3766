"""Records as evidence: one canonical JSON blob each."""

from typing import TypeVar

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest, Record, canonical_json

Kind = TypeVar("Kind", bound=Record)


def keep(evidence: Evidence, record: Record) -> Digest:
    """Store a record; its digest is what people are asked to agree to."""
    return evidence.put(canonical_json(record))


def load(evidence: Evidence, kind: type[Kind], digest: Digest) -> Kind:
    """The record of that digest."""
    return kind.model_validate_json(evidence.read(digest))
