"""Every error a caller can act on, with the exit code the terminal ends with."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import audit_agent
from audit_agent.domain.errors import AuditAgentError
from scripts.reference.markdown import code, page, table

_INTRODUCTION = """\
# Errors

The terminal prints what happened and what to do next, and ends with the exit code of the error's class.
Workers retry an activity unless its error is a `BadInputError`, a `NotFoundError` or a `RefusedError`,
which trying again cannot mend. A compensation is retried whatever its error.
"""


def errors_page() -> str:
    """The page of errors."""
    rows = ((code(kind.__name__), str(kind.exit_code), _first_line(kind), code(kind.__module__)) for kind in errors())
    return page([_INTRODUCTION, *table(("class", "exit code", "meaning", "module"), rows)])


def errors() -> list[type[AuditAgentError]]:
    """Every error class of the package, by exit code and name."""
    for module in pkgutil.walk_packages(audit_agent.__path__, "audit_agent."):
        importlib.import_module(module.name)
    return sorted(set(_below(AuditAgentError)), key=lambda kind: (kind.exit_code, kind.__name__))


def _below(kind: type[AuditAgentError]) -> Iterator[type[AuditAgentError]]:
    if kind.__module__.startswith("audit_agent."):
        yield kind
    for child in kind.__subclasses__():
        yield from _below(child)


def _first_line(kind: type[AuditAgentError]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]
