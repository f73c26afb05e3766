"""Values that travel between processes: immutable, strict about unknown fields, with one canonical form."""

import hashlib
import json
from typing import Any, NewType

from pydantic import BaseModel, ConfigDict

Digest = NewType("Digest", str)
"""Lower-case hexadecimal SHA-256, 64 characters."""


class Record(BaseModel):
    """An immutable value; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def canonical_json(value: Any) -> bytes:
    """The one byte form of a JSON-like value or Record: sorted keys, no blanks, UTF-8, decimals as text.

    A float is refused, because its text form is not part of any audit standard.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(value: Any) -> Digest:
    """SHA-256 of the canonical JSON of a value."""
    return digest_bytes(canonical_json(value))


def digest_bytes(data: bytes) -> Digest:
    """SHA-256 of raw bytes."""
    return Digest(hashlib.sha256(data).hexdigest())


def short(digest: Digest) -> str:
    """The digits of a digest that people are shown and compare."""
    return digest[:8]


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"A float ({value!r}) has no canonical form. Use Decimal or text.")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
