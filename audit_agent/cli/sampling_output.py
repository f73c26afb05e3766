"""How plans, selections and evaluations are shown: every figure by name, with its formula and standard."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel


def show(result: Any, as_json: bool, more: Mapping[str, Any] | None = None) -> None:
    """Print a result and what belongs beside it, as a table or as JSON."""
    from audit_agent.cli.printing import console, print_json, table

    figures = _figures(result) | dict(more or {})
    if as_json:
        print_json({name: _value(value) for name, value in figures.items()})
        return
    listing = table("figure", "value")
    for name, value in figures.items():
        if value not in (None, {}):
            listing.add_row(name.replace("_", " "), _text(value))
    console().print(listing)


def _figures(result: Any) -> dict[str, Any]:
    found = asdict(result) if is_dataclass(result) and not isinstance(result, type) else dict(_model(result))
    basis = found.pop("basis", None)
    inner = found.pop("estimate", None) or {}
    found |= {f"estimated_{name}": inner[name] for name in ("value", "degrees_of_freedom") if name in inner}
    return found | (basis or {})


def _model(result: BaseModel) -> dict[str, Any]:
    return result.model_dump()


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)
