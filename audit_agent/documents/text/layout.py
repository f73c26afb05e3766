"""Words on a page, set into lines and, where wide gaps part them, into cells."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from audit_agent.documents.text.model import Box

_GAP = 0.75
"""Of the height of the letters: a blank is about a quarter, columns stand further apart."""


class Word(NamedTuple):
    """A run of letters without a blank."""

    text: str
    box: Box
    hidden: bool

    @property
    def height(self) -> int:
        """Of the line the letters stand in, in tenths of a point."""
        return self.box[3] - self.box[1]


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words whose middles stand at one height, from top to bottom, each line from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.box[1] + word.box[3], word.box[0])):
        if lines and _same_line(lines[-1][0], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box[0]) for line in lines]


def _same_line(first: Word, word: Word) -> bool:
    apart = abs((word.box[1] + word.box[3]) - (first.box[1] + first.box[3])) / 2
    return apart < 0.35 * min(first.height, word.height)


def cells_of(line: list[Word]) -> Iterator[tuple[str, Box, bool]]:
    """The cells of a line: text, box, and whether it is hidden."""
    cell: list[Word] = []
    for word in line:
        if cell and (word.hidden != cell[-1].hidden or _apart(cell[-1], word)):
            yield _joined(cell)
            cell = []
        cell.append(word)
    if cell:
        yield _joined(cell)


def _apart(left: Word, right: Word) -> bool:
    return right.box[0] - left.box[2] > _GAP * max(left.height, right.height)


def _joined(words: list[Word]) -> tuple[str, Box, bool]:
    boxes = [word.box for word in words]
    box = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    return " ".join(word.text for word in words), box, words[0].hidden
