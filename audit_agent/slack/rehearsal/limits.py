"""Slack's limits on what it is sent, as it enforces them.

Source: https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/reference/views
"""

import json
from collections.abc import Iterator
from typing import Any

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_CHARACTERS = 13_000
_TEXTS = {"section": 3_000, "header": 150, "context": 2_000}
_BLOCKS = frozenset({"section", "header", "context", "divider", "actions", "input"})
_OPTIONS = 100


def message_error(blocks: list[dict[str, Any]], text: str) -> str | None:
    """Slack's error for a message, or None."""
    if not text and not blocks:
        return "no_text"
    if len(text) > 40_000:
        return "msg_too_long"
    if len(blocks) > MESSAGE_BLOCKS:
        return "invalid_blocks"
    if len(json.dumps(blocks)) > MESSAGE_CHARACTERS:
        return "msg_blocks_too_long"
    return "invalid_blocks" if any(_problems(blocks, in_view=False)) else None


def view_error(view: dict[str, Any]) -> str | None:
    """Slack's error for a modal or Home, or None."""
    blocks = view.get("blocks") or []
    if len(blocks) > VIEW_BLOCKS or len(view.get("private_metadata", "")) > 3_000:
        return "invalid_arguments"
    if len(view.get("callback_id", "")) > 255:
        return "invalid_arguments"
    if view["type"] == "modal":
        for name in ("title", "submit", "close"):
            if (name == "title" and name not in view) or len(view.get(name, {}).get("text", "")) > 24:
                return "invalid_arguments"
        if any(block["type"] == "input" for block in blocks) and "submit" not in view:
            return "invalid_arguments"
    return "invalid_arguments" if any(_problems(blocks, in_view=True)) else None


def _problems(blocks: list[dict[str, Any]], *, in_view: bool) -> Iterator[str]:
    for block in blocks:
        kind = block.get("type", "")
        if kind not in _BLOCKS or (kind == "input" and not in_view):
            yield f"no {kind} here"
        texts = [block.get("text"), *(block.get("elements", []) if kind == "context" else []), block.get("label")]
        for text in texts:
            if text is not None and not 1 <= len(text["text"]) <= _TEXTS.get(kind, 2_000):
                yield f"a text of {len(text['text'])} characters in {kind}"
        if kind == "context" and not 1 <= len(block["elements"]) <= 10:
            yield "too many elements"
        if kind == "header" and block["text"]["type"] != "plain_text":
            yield "a header is plain text"
        if kind == "section":
            yield from _section_problems(block)
        elements = block.get("elements", []) if kind == "actions" else []
        if kind == "actions" and not 1 <= len(elements) <= 25:
            yield "too many buttons"
        yield from _unique(elements)
        for element in [*elements, block.get("accessory"), block.get("element")]:
            if element is not None:
                yield from _element_problems(element)


def _section_problems(block: dict[str, Any]) -> Iterator[str]:
    fields = block.get("fields", [])
    if len(fields) > 10 or any(not 1 <= len(one["text"]) <= 2_000 for one in fields):
        yield "fields"
    if not fields and "text" not in block:
        yield "an empty section"


def _element_problems(element: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(element.get("action_id", "")) <= 255:
        yield "action_id"
    if element["type"] == "button" and (len(element["text"]["text"]) > 75 or len(element.get("value", "")) > 2_000):
        yield "a button too long"
    if element["type"] == "file_input" and not 1 <= element.get("max_files", 10) <= 10:
        yield "max_files"
    options = element.get("options")
    if options is not None and not 1 <= len(options) <= _OPTIONS:
        yield "options"
    for option in options or []:
        if not 1 <= len(option["text"]["text"]) <= 75 or len(option["value"]) > 150:
            yield "an option too long"


def _unique(elements: list[dict[str, Any]]) -> Iterator[str]:
    ids = [element.get("action_id") for element in elements]
    if len(ids) != len(set(ids)):
        yield "action_id twice"
