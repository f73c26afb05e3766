"""Blocks as text, so that a conversation can be read on a terminal."""

import html
import re
from collections.abc import Iterator
from typing import Any

_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")
_PERSON = re.compile(r"<@([A-Z0-9]+)>")
_OTHER = re.compile(r"<[#!](?:subteam\^)?([A-Z0-9]+)>")


def as_text(blocks: list[dict[str, Any]], people: dict[str, str] | None = None) -> list[str]:
    """The lines a reader sees."""
    return [line for block in blocks for line in _lines(block, people or {})]


def _lines(block: dict[str, Any], people: dict[str, str]) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"== {_plain(block['text'], people)} =="
        case "section":
            if "text" in block:
                yield from _plain(block["text"], people).splitlines()
            for field in block.get("fields", []):
                yield "  " + _plain(field, people).replace("\n", ": ")
        case "context":
            yield "  " + "  ".join(_plain(text, people) for text in block["elements"])
        case "actions":
            yield "  " + " ".join(f"[{button['text']['text']}]" for button in block["elements"])
        case "input":
            yield f"{block['label']['text']}: ________"


def _plain(text: dict[str, Any], people: dict[str, str]) -> str:
    shown: str = text["text"]
    if text["type"] == "plain_text":
        return shown
    shown = _DATE.sub(r"\1", shown)
    shown = _PERSON.sub(lambda found: f"@{people.get(found[1], found[1])}", shown)
    shown = _OTHER.sub(lambda found: f"#{people.get(found[1], found[1])}", shown)
    return html.unescape(shown).replace("*", "").replace("`", "")
