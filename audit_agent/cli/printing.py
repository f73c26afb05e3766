"""How the terminal shows things: one console, times in the reader's zone, JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from audit_agent.domain.audit import Phase

WIDTH_WITHOUT_TERMINAL = 120
_GOOD, _BAD, _WAITING, _BUSY = "green", "red", "yellow", "cyan"


def console() -> Console:
    """Where people read: standard output, in colour on a terminal only."""
    plain = not sys.stdout.isatty()
    return Console(highlight=False, markup=False, width=WIDTH_WITHOUT_TERMINAL if plain else None, emoji=False)


def print_json(value: Any) -> None:
    """Data for programs, on standard output; records become objects, instants ISO 8601, amounts text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_as_json))


def table(*columns: str) -> Table:
    """An empty table in the house style."""
    empty = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        empty.add_column(name, overflow="fold")
    return empty


def moment(instant: datetime) -> str:
    """An instant in the reader's time zone, to the minute."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M")


def span(length: timedelta) -> str:
    """A length of time in its largest two units: `2 d 3 h`, `4 min`."""
    seconds = max(0, int(length.total_seconds()))
    parts = (("d", seconds // 86400), ("h", seconds // 3600 % 24), ("min", seconds // 60 % 60), ("s", seconds % 60))
    first = next((place for place, (_, count) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for unit, count in parts[first : first + 2] if count) or "0 s"


def phase_style(phase: Phase) -> str:
    """The colour a phase is shown in."""
    if phase is Phase.FINISHED:
        return _GOOD
    if phase.ended or phase is Phase.NEEDS_PERSON:
        return _BAD
    return _WAITING if phase.value.startswith("waiting") else _BUSY


def _as_json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    return str(value)
