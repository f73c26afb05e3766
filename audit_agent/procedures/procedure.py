"""What one procedure consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

import ibis
import pyarrow as pa

from audit_agent.books.tables import Tables
from audit_agent.domain.catalogue import DismissalRule, ProcedureMeta, TableNeed
from audit_agent.domain.period import Period
from audit_agent.domain.workpaper import Series
from audit_agent.procedures.parameters import ParameterSet

Row = Mapping[str, Any]
"""One exception row as Python values: the canonical fields and the figures the procedure selected."""

P = TypeVar("P", bound=ParameterSet)
T = TypeVar("T")


@dataclass(frozen=True)
class Books:
    """The books as a procedure reads them, and the currency of amounts that name none."""

    tables: Tables
    currency: str
    by_code: dict[str, pa.Table] = field(default_factory=dict)
    """What procedures computed outside the engine, by name; `perform` keeps it beside the exceptions."""
    files: tuple[Path, ...] = ()
    """What people handed in for this run of a procedure, such as audited values."""
    _worked_out: dict[str, Any] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> ibis.Table:
        """The canonical table, cut to the period."""
        return self.tables.table(name)

    def whole(self, name: str) -> ibis.Table:
        """The canonical table with every row of the books, also those outside the period."""
        return self.tables.whole(name)

    @property
    def period(self) -> Period | None:
        """The audit's period; None where the books are not cut."""
        return self.tables.period

    def has(self, name: str) -> bool:
        """Whether the books carry the table."""
        return self.tables.has(name)

    def filled(self, table: str, column: str) -> bool:
        """Whether the books carry the table and any value in that column."""
        return self.has(table) and column not in self.tables.empty_columns(table)

    def computed(self, name: str, compute: Callable[[], pa.Table]) -> ibis.Table:
        """What code computes where a query cannot (`Computed_...`), once for each run of a procedure.

        The same books must give the same rows in the same order. The rows are evidence, so that the workpaper's query
        can be run over them again.
        """
        if name not in self.by_code:
            self.by_code[name] = compute()
        return self.tables.computed(name, self.by_code[name])

    def once(self, name: str, work_out: Callable[[], T]) -> T:
        """What both exceptions and measures of a run need, worked out the first time."""
        if name not in self._worked_out:
            self._worked_out[name] = work_out()
        return cast("T", self._worked_out[name])


@dataclass(frozen=True)
class Measures:
    """Figures beside the exceptions."""

    statistics: dict[str, str]
    series: tuple[Series, ...] = ()


@dataclass(frozen=True)
class Wording:
    """How results read: `4 journals are out of balance` or `Every journal balances.`."""

    one: str
    many: str
    none: str


def no_measures(books: Books, parameters: Any) -> Measures:
    """For procedures whose exceptions say it all."""
    return Measures({})


def no_remark(measures: Measures, parameters: Any) -> str:
    """For procedures whose conclusion needs no words of its own."""
    return ""


@dataclass(frozen=True)
class Procedure(Generic[P]):
    """A deterministic test.

    `exceptions` yields one row per source row behind an exception, made by `flagging.flagged`;
    `population` yields the rows that were tested; `reason` says in words what one exception is,
    from its first row.
    """

    id: str
    version: str
    title: str
    purpose: str
    standard: str
    inputs: tuple[TableNeed, ...]
    parameters: type[P]
    false_positive_risk: Literal["low", "medium", "high", "very high"]
    false_positives: str
    wording: Wording
    facts: tuple[str, ...]
    """Canonical columns of an exception's first row that go into `ExceptionItem.facts`."""
    population: Callable[[Books, P], ibis.Table]
    exceptions: Callable[[Books, P], ibis.Table]
    reason: Callable[[Row, P], str]
    measures: Callable[[Books, P], Measures] = no_measures
    remark: Callable[[Measures, P], str] = no_remark
    """A sentence to put before the conclusion, from the measures."""
    dismissals: tuple[DismissalRule, ...] = ()
    """The rules that `exceptions` gives to `flagged` as `dismissed`."""

    @property
    def meta(self) -> ProcedureMeta:
        """The catalogue entry."""
        return ProcedureMeta(
            id=self.id,
            version=self.version,
            title=self.title,
            purpose=self.purpose,
            standard=self.standard,
            inputs=self.inputs,
            parameters=self.parameters.specs(),
            false_positive_risk=self.false_positive_risk,
            false_positives=self.false_positives,
            dismissals=self.dismissals,
        )
