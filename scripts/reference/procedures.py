"""Every procedure of the catalogue, from its metadata."""

from collections.abc import Iterator

from audit_agent.domain.catalogue import ParameterSpec, ProcedureMeta, TableNeed
from audit_agent.procedures.registry import REGISTRY
from scripts.reference.markdown import code, page, table

_INTRODUCTION = """\
# Procedures

A procedure is a deterministic test over frozen books. `audit-agent procedures list` prints the catalogue,
`procedures show ID` one entry, and `procedures run ID --books PATH` runs one and keeps nothing.
Bounds include both ends. Tables and columns are described in [tables.md](tables.md).
"""


def procedures_page() -> str:
    """The page of procedures."""
    entries = REGISTRY.procedures()
    overview = ((f"[{meta.id}](#{_anchor(meta)})", meta.title, meta.false_positive_risk) for meta in entries)
    lines = [_INTRODUCTION, *table(("id", "title", "false positives"), overview)]
    for meta in entries:
        lines += _entry(meta)
    return page(lines)


def _anchor(meta: ProcedureMeta) -> str:
    kept = (letter for letter in f"{meta.id} {meta.title}".lower() if letter.isalnum() or letter in " -")
    return "".join(kept).replace(" ", "-")


def _entry(meta: ProcedureMeta) -> Iterator[str]:
    yield from (f"## {meta.id} {meta.title}", "", meta.purpose, "")
    yield from (f"- Version: {meta.version}", f"- Standard: {meta.standard}")
    yield from (_need(need) for need in meta.inputs)
    yield from (f"- False positives: {meta.false_positive_risk}. {meta.false_positives}", "")
    if meta.dismissals:
        rules = ((code(rule.id), rule.title, rule.because) for rule in meta.dismissals)
        yield from table(("dismissed by", "where", "because"), rules)
    if meta.parameters:
        rows = ((code(spec.name), _takes(spec), code(spec.default), spec.description) for spec in meta.parameters)
        yield from table(("parameter", "takes", "default", "meaning"), rows)


def _need(need: TableNeed) -> str:
    word = "Needs" if need.required else "Uses, where the books carry it,"
    columns = ", ".join(code(name) for name in need.columns)
    more = ", ".join(code(name) for name in need.optional_columns)
    uses = f"; uses {more} where they are filled" if more else ""
    return f"- {word} {code(need.table)}: {columns}{uses}"


def _takes(spec: ParameterSpec) -> str:
    kind = " / ".join(spec.choices) if spec.choices else spec.type
    kind = f"list of {kind}" if spec.type == "list" and spec.choices else kind
    low = f"from {spec.minimum}" if spec.minimum is not None else ""
    high = f"to {spec.maximum}" if spec.maximum is not None else ""
    bounds = " ".join(part for part in (low, high) if part)
    return ", ".join(part for part in (kind, spec.unit, bounds) if part)
