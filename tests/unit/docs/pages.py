"""The pages people read, and the blocks in them that can be run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]

PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))

_BLOCK = re.compile(r"^<!-- (?P<mark>[^\n]*?) -->\n+```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block with a mark before it: `run`, `run until`, or `file NAME`."""

    mark: str
    language: str
    text: str


class Command(NamedTuple):
    """A command of a console block, and the lines the page shows of its output."""

    line: str
    shown: tuple[str, ...]


def name_of(page: Path) -> str:
    """How tests name a page."""
    return page.relative_to(ROOT).as_posix()


def marked_blocks(page: Path) -> list[Block]:
    """The marked blocks of a page, in order."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(match["mark"], match["language"], match["text"]) for match in found]


def prose_of(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def commands_of(block: Block) -> Iterator[Command]:
    """The commands of a console block: each begins with `$ `, what follows is its output."""
    lines = block.text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        shown = tuple(line for line in lines[start + 1 : end] if line.strip())
        yield Command(lines[start].removeprefix("$ "), shown)
