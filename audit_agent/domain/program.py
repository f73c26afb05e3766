"""Audit programmes: objective, risks, and the procedures one may use."""

from typing import Literal

from pydantic import Field

from audit_agent.domain.evidence_request import MOST_A_STEP, Question
from audit_agent.domain.investigation import InvestigationLimits
from audit_agent.domain.policy import Gate
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.record import Record


class Risk(Record):
    """What could be wrong in the books."""

    id: str = Field(pattern=r"^R[0-9]{1,2}$")
    text: str
    assertions: tuple[str, ...]


class ProgramProcedure(Record):
    """A procedure the programme may use, the risk it answers, and defaults that differ from the catalogue's."""

    id: str
    risk: str
    parameters: dict[str, str] = {}
    requests: tuple[Question, ...] = Field(default=(), max_length=MOST_A_STEP, exclude_if=lambda asked: not asked)
    """What process owners are always asked before it is carried out."""
    investigate: bool = Field(default=False, exclude_if=lambda marked: not marked)
    """Whether what it flags is looked into before findings are drafted."""


class MaterialityBasis(Record):
    """Which measure of the books materiality is taken from, and at what rate, in percent (ISA 320.A4-A8)."""

    measure: Literal["revenue", "assets", "total_debits", "purchases", "sales"]
    percent: str


class Program(Record):
    """One audit programme, read from a YAML file."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    version: str
    objective: str
    standards: tuple[str, ...]
    risks: tuple[Risk, ...]
    procedures: tuple[ProgramProcedure, ...]
    queries: tuple[QueryTest, ...] = Field(default=(), exclude_if=lambda queries: not queries)
    """Tests of one's own, which every plan takes up where the books carry their tables."""
    materiality: tuple[MaterialityBasis, ...]
    """Tried in order; the first whose measure the books tell is used."""
    gates: tuple[Gate, ...] = tuple(Gate)
    investigations: InvestigationLimits = Field(
        default=InvestigationLimits(), exclude_if=lambda limits: limits == InvestigationLimits()
    )
    """How far investigations go; left out where the programme does not say."""
