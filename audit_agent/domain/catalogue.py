"""What a procedure says of itself, so that people and planners can choose it."""

from typing import Literal, Protocol

from pydantic import Field

from audit_agent.domain.record import Record


class TableNeed(Record):
    """A canonical table a procedure reads, with the columns it cannot do without."""

    table: str
    columns: tuple[str, ...]
    optional_columns: tuple[str, ...] = ()
    required: bool = True
    """False: the procedure uses the table when it is there."""


class ParameterSpec(Record):
    """One parameter as text tells it: type, unit, default and bounds."""

    name: str
    type: str
    unit: str
    default: str
    description: str
    minimum: str | None = None
    maximum: str | None = None
    choices: tuple[str, ...] = ()


class DismissalRule(Record):
    """Why something that a procedure flags is legitimate after all, wherever code can see it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    """What it looks for: `The journal was reversed`."""
    because: str
    """The reason that is kept with every exception it dismisses, a sentence."""


class ProcedureMeta(Record):
    """A catalogue entry."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*-[0-9]{2}$")
    version: str
    title: str
    purpose: str
    standard: str
    inputs: tuple[TableNeed, ...]
    parameters: tuple[ParameterSpec, ...] = ()
    false_positive_risk: Literal["low", "medium", "high", "very high"]
    false_positives: str
    """Which legitimate rows it flags, in words."""
    dismissals: tuple[DismissalRule, ...] = ()
    """What it dismisses by itself, first rule first; its parameter `dismiss` says which rules apply."""


class Catalogue(Protocol):
    """The procedures there are, as planning needs them."""

    def procedures(self) -> tuple[ProcedureMeta, ...]:
        """All entries, by id."""
        ...

    def parameter_problems(self, procedure: str, parameters: dict[str, str]) -> tuple[str, ...]:
        """What is wrong with these parameters, in words; empty when nothing is."""
        ...
