"""The registry of procedures: every module of this package named like `je_02_unbalanced`."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from typing import Any

import audit_agent.procedures
from audit_agent.domain.catalogue import ProcedureMeta
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.plan import VOUCHING
from audit_agent.procedures import documents
from audit_agent.procedures.procedure import Procedure


class UnknownProcedureError(NotFoundError):
    """The catalogue has no procedure of that id."""


class Registry:
    """Procedures by id; implements `domain.catalogue.Catalogue`."""

    def __init__(self, procedures: Iterable[Procedure[Any]]) -> None:
        self._procedures = {procedure.id: procedure for procedure in sorted(procedures, key=lambda entry: entry.id)}
        self._metas = {meta.id: meta for meta in sorted(self._listed(), key=lambda meta: meta.id)}

    def procedures(self) -> tuple[ProcedureMeta, ...]:
        """All entries, by id."""
        return tuple(self._metas.values())

    def meta(self, procedure: str) -> ProcedureMeta:
        """The entry of that id, whatever its case; raises UnknownProcedureError."""
        try:
            return self._metas[procedure.upper()]
        except KeyError:
            raise _unknown(procedure, self._metas) from None

    def get(self, procedure: str) -> Procedure[Any]:
        """The test of books of that id, whatever its case; raises UnknownProcedureError."""
        try:
            return self._procedures[procedure.upper()]
        except KeyError:
            raise _unknown(procedure, self._procedures) from None

    def parameter_problems(self, procedure: str, parameters: dict[str, str]) -> tuple[str, ...]:
        """What is wrong with these parameters, in words; empty when nothing is."""
        if procedure.upper() == VOUCHING:
            return tuple(f"{VOUCHING} {text}" for text in documents.Parameters.problems(parameters))
        try:
            entry = self.get(procedure)
        except UnknownProcedureError as error:
            return (error.message,)
        return tuple(f"{entry.id} {text}" for text in entry.parameters.problems(parameters))

    def _listed(self) -> Iterator[ProcedureMeta]:
        yield documents.META
        yield from (procedure.meta for procedure in self._procedures.values())


def _unknown(procedure: str, known: Iterable[str]) -> UnknownProcedureError:
    if procedure.upper() == VOUCHING:
        return UnknownProcedureError(
            f"{VOUCHING} tests documents, and only within an audit.",
            "`audit-agent documents check SET --books PATH` compares documents without one.",
        )
    return UnknownProcedureError(f"There is no procedure {procedure!r}.", f"The catalogue has: {', '.join(known)}.")


def _modules() -> Iterator[str]:
    for module in pkgutil.iter_modules(audit_agent.procedures.__path__):
        if re.match(r"[a-z][a-z0-9]*_\d\d_", module.name):
            yield f"{audit_agent.procedures.__name__}.{module.name}"


REGISTRY = Registry(importlib.import_module(name).PROCEDURE for name in _modules())
