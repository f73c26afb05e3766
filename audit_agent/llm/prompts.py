"""Prompt templates: versioned files, rendered strictly, with data kept apart from instructions."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError
from pydantic import BaseModel

from audit_agent.domain.record import Record
from audit_agent.llm.errors import PromptNotUsableError

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Prompt(Record):
    """A rendered prompt: the rules, and the request with its data."""

    name: str
    """Name and version, such as `plan/v1`."""
    system: str
    user: str


class Prompts:
    """Templates in a folder, as `NAME/vN.md.j2` with the blocks `system` and `user`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The output is text for a model, not HTML; the filter `data` keeps data inside its delimiters.
        self._environment = Environment(
            loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=False
        )
        self._environment.filters["data"] = as_data

    def render(self, name: str, **values: Any) -> Prompt:
        """The prompt `plan/v1` and the like with its values; raises PromptNotUsableError."""
        try:
            template = self._environment.get_template(f"{name}.md.j2")
            return Prompt(name=name, system=_block(template, "system", values), user=_block(template, "user", values))
        except (TemplateError, KeyError) as error:
            raise PromptNotUsableError(
                f"The prompt {name} in {self._folder} cannot be used: {error}",
                "Restore the file as it was shipped, or give every value it names.",
            ) from error


def as_data(value: Any) -> str:
    """JSON in which no character can close a delimiter: `<` and `>` are escaped as JSON escapes them."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, indent=1)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values))).strip()
