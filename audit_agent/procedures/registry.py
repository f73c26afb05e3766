"""The registry of procedures: every module of this package named like `je_02_unbalanced`."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from typing import Any

import audit_agent.procedures
from audit_agent.domain.catalogue import ProcedureMeta
from audit_agent.domain.errors import NotFoundError
from audit_agent.procedures.procedure import Procedure


class UnknownProcedureError(NotFoundError):
    """The catalogue has no procedure of that id."""


class Registry:
    """Procedures by id; implements `domain.catalogue.Catalogue`."""

    def __init__(self, procedures: Iterable[Procedure[Any]]) -> None:
        self._procedures = {procedure.id: procedure for procedure in sorted(procedures, key=lambda entry: entry.id)}

    def procedures(self) -> tuple[ProcedureMeta, ...]:
        """All entries, by id."""
        return tuple(procedure.meta for procedure in self._procedures.values())

    def get(self, procedure: str) -> Procedure[Any]:
        """The procedure of that id, whatever its case; raises UnknownProcedureError."""
        try:
            return self._procedures[procedure.upper()]
        except KeyError:
            raise UnknownProcedureError(
                f"There is no procedure {procedure!r}.", f"The catalogue has: {', '.join(self._procedures)}."
            ) from None

    def parameter_problems(self, procedure: str, parameters: dict[str, str]) -> tuple[str, ...]:
        """What is wrong with these parameters, in words; empty when nothing is."""
        try:
            entry = self.get(procedure)
        except UnknownProcedureError as error:
            return (error.message,)
        return tuple(f"{entry.id} {text}" for text in entry.parameters.problems(parameters))


def _modules() -> Iterator[str]:
    for module in pkgutil.iter_modules(audit_agent.procedures.__path__):
        if re.match(r"[a-z][a-z0-9]*_\d\d_", module.name):
            yield f"{audit_agent.procedures.__name__}.{module.name}"


REGISTRY = Registry(importlib.import_module(name).PROCEDURE for name in _modules())
