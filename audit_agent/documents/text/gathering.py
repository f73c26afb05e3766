"""Collecting pieces, within the limits."""

import re

from audit_agent.documents.text.errors import DocumentTooLargeError
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Box, Piece, Place

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\U000e0000-\U000e007f]")


def tidy(text: str) -> str:
    """One blank where any white space stood; no characters that have no shape."""
    return " ".join(_UNSEEN.sub("", text).split())


class Gatherer:
    """Pieces in the order they were found. Raises DocumentTooLargeError beyond the limits."""

    def __init__(self, limits: TextLimits) -> None:
        self._limits = limits
        self._characters = 0
        self.pieces: list[Piece] = []

    def add(
        self,
        text: str,
        *,
        line: int,
        page: int | None = None,
        cell: int = 1,
        box: Box | None = None,
        label: str = "",
        hidden: bool = False,
    ) -> None:
        """Keep the tidied text unless it is blank."""
        text = tidy(text)
        if not text:
            return
        self._characters += len(text) + len(label)
        if self._characters > self._limits.characters or len(self.pieces) >= self._limits.pieces:
            raise DocumentTooLargeError(
                f"The document has more than {self._limits.pieces:,} pieces or {self._limits.characters:,} characters.",
                "Give it in parts.",
            )
        place = Place(page=page, line=line, cell=cell, box=box)
        self.pieces.append(Piece(text=text, place=place, label=label, hidden=hidden))
