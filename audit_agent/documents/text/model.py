"""The text of a document: pieces in reading order, each with the place where a person finds it."""

from enum import StrEnum

from audit_agent.domain.record import Digest, Record

Box = tuple[int, int, int, int]
"""Left, top, right, bottom on the page as it is shown, in tenths of a point from its upper left corner."""


class Outcome(StrEnum):
    """What became of reading a document."""

    READ = "read"
    NEEDS_MODEL = "needs the model"
    UNSUPPORTED = "unsupported"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too large"
    NOT_FINISHED = "not finished"


class Place(Record):
    """Where a piece stands. Pieces with the same page and line stand side by side: they are cells of one row.

    `page` counts pages, sheets or nothing; `line` counts the lines of the page, the rows of a sheet or the lines of
    a text; `cell` counts from the left. All begin at 1. Only a PDF has a `box`. On a picture `line` is 0.
    `inside` names the file within the document that the piece stands in, such as the data of a hybrid e-invoice.
    """

    page: int | None = None
    line: int
    cell: int = 1
    box: Box | None = None
    inside: str = ""

    def in_words(self) -> str:
        """The place as people name it: `page 2, line 14`."""
        if not self.line:
            return f"picture {self.page}"
        parts = (self.inside, f"page {self.page}" if self.page else "", f"line {self.line}")
        return ", ".join(part for part in parts if part)


class Piece(Record):
    """Text at one place. `label` is what the format itself calls it: the path of an element, the name of a header.

    `hidden` text is in the document, yet a person who looks at it does not see it.
    """

    text: str
    place: Place
    label: str = ""
    hidden: bool = False


class Picture(Record):
    """A document, or a page of one, that has no text and has to be looked at."""

    page: int = 1
    media_type: str
    data: str
    """As base64."""


class Attachment(Record):
    """A document inside the document; `saved` says whether its bytes were written, under its digest."""

    name: str
    media_type: str
    size: int
    sha256: Digest
    saved: bool = False


class DocumentText(Record):
    """All the text of a document, or why there is none."""

    media_type: str
    outcome: Outcome
    reason: str = ""
    pages: int = 0
    pieces: tuple[Piece, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pictured: int = 0
    """Pages without text that show a picture, or 1 for an image."""
    pictures: tuple[Picture, ...] = ()
    """The first of them, for a model to look at."""

    def shown(self) -> tuple[Piece, ...]:
        """The pieces that a person who looks at the document sees."""
        return tuple(piece for piece in self.pieces if not piece.hidden)

    def rows(self) -> tuple[tuple[Piece, ...], ...]:
        """The shown pieces, side by side what stands side by side."""
        rows: dict[tuple[int | None, int], list[Piece]] = {}
        for piece in self.shown():
            rows.setdefault((piece.place.page, piece.place.line), []).append(piece)
        return tuple(tuple(row) for row in rows.values())
