"""How much one document may take."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class TextLimits:
    """Sizes are in bytes. The defaults let a thick contract through and stop what only wants to fill memory."""

    file: int = 200 * MEGABYTE
    pages: int = 2_000
    pieces: int = 200_000
    characters: int = 10_000_000
    members: int = 2_000
    expanded: int = 300 * MEGABYTE
    ratio: int = 200
    """How many times larger than packed a member of an archive may be; small members are let through."""
    depth: int = 200
    """Nesting of XML elements and of e-mail parts."""
    attachments: int = 200
    pictures: int = 5
    """Pages of a scan that are drawn for a model to look at."""
    picture: int = 3_750_000
    """Of an image for a model, which takes 5 MB in base64."""
    memory: int = 1024 * MEGABYTE
    """Address space of the process that reads."""
    seconds: int = 60
    """Both of processor time and by the clock, for one document."""
