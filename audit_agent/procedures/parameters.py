"""Parameters of a procedure: declared once with unit and bounds, given as text, used as typed values."""

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from audit_agent.domain.catalogue import ParameterSpec
from audit_agent.domain.errors import BadInputError

LARGEST_AMOUNT = Decimal("99999999999999")
"""What DECIMAL(18,4), the type of every canonical amount, can hold."""

_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
_TYPE_NAMES: dict[Any, str] = {Decimal: "decimal", int: "integer", bool: "yes/no", time: "time of day", str: "text"}


class ParameterError(BadInputError):
    """A parameter of a procedure is unknown, cannot be read or is out of its bounds."""


def parameter(
    default: Any, description: str, *, unit: str = "", minimum: str | None = None, maximum: str | None = None
) -> Any:
    """Declare a parameter with its default, its unit and its bounds (both included)."""
    bounds: dict[str, Any] = {}
    if isinstance(default, Decimal):
        maximum = maximum or str(LARGEST_AMOUNT)
        bounds["decimal_places"] = 4
    number = type(default)
    if minimum is not None:
        bounds["ge"] = number(minimum)
    if maximum is not None:
        bounds["le"] = number(maximum)
    extra: dict[str, Any] = {"unit": unit, "minimum": minimum, "maximum": maximum}
    return Field(default=default, description=description, json_schema_extra=extra, **bounds)


class ParameterSet(BaseModel):
    """Base of every procedure's parameters. Lists are written with commas: `SA,KR`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and _UNSTORABLE.search(text) for text in texts):
            raise ValueError("holds a character that no database can hold")
        return value.strip() if isinstance(value, str) else value

    @classmethod
    def specs(cls) -> tuple[ParameterSpec, ...]:
        """What can be set, as text tells it."""
        defaults = cls().texts()
        return tuple(_spec(name, field, defaults[name]) for name, field in cls.model_fields.items())

    @classmethod
    def problems(cls, texts: Mapping[str, str]) -> tuple[str, ...]:
        """What is wrong with these parameters, a sentence each; empty when nothing is."""
        try:
            cls._read(texts)
        except ValidationError as error:
            return tuple(cls._problem(item["loc"][0], item["msg"], texts) for item in error.errors())
        return ()

    @classmethod
    def parse(cls, procedure: str, texts: Mapping[str, str]) -> Self:
        """The parameters as typed values, defaults included; raises ParameterError naming each that is wrong."""
        if problems := cls.problems(texts):
            raise ParameterError(
                f"{procedure} cannot take these parameters: {' '.join(problems)}",
                f"See `audit-agent procedures show {procedure}` for names, units and bounds.",
            )
        return cls._read(texts)

    def texts(self) -> dict[str, str]:
        """Every parameter as text that `parse` reads back to the same value."""
        return {name: _text(getattr(self, name)) for name in type(self).model_fields}

    @classmethod
    def _read(cls, texts: Mapping[str, str]) -> Self:
        values: dict[str, Any] = dict(texts)
        for name, field in cls.model_fields.items():
            if name in values and _is_list(field):
                values[name] = tuple(word.strip() for word in values[name].split(",") if word.strip())
        return cls.model_validate(values)

    @classmethod
    def _problem(cls, name: int | str, message: str, texts: Mapping[str, str]) -> str:
        if name not in cls.model_fields:
            known = ", ".join(cls.model_fields) or "none"
            return f"There is no parameter {name!r} (there is: {known})."
        return f"{name}={texts.get(str(name), '')!r}: {message}."


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _choices(annotation: Any) -> tuple[str, ...]:
    """What a choice, or each word of a list, may be."""
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def _spec(name: str, field: FieldInfo, default: str) -> ParameterSpec:
    choices = _choices(field.annotation)
    kind = "list" if _is_list(field) else "choice" if choices else _TYPE_NAMES[field.annotation]
    extra: Any = field.json_schema_extra
    return ParameterSpec(
        name=name,
        type=kind,
        unit=extra["unit"],
        default=default,
        description=field.description or "",
        minimum=extra["minimum"],
        maximum=extra["maximum"],
        choices=choices,
    )
