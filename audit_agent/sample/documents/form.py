"""The forms in which suppliers send documents."""

from enum import StrEnum


class Form(StrEnum):
    """The value is the ending of the file's name."""

    PDF = "pdf"
    HTML = "html"
    UBL = "xml"
