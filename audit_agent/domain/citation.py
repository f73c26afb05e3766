"""Citations: how a statement says what it rests on.

`S03-E00012` is an exception of the step; `GL_Detail:gl.csv:17` a row of the books, by canonical table, file and 1-based
row; `T05` a tool's result, and `T05:3` its third row; `D12` a document, counted from 0, and `D12:p2` its second page.
"""

import re
from dataclasses import dataclass

_EXCEPTION = re.compile(r"S\d{2,3}-E\d+")
_RESULT = re.compile(r"(?P<ref>T\d{2,9})(?::(?P<row>\d{1,9}))?")
_PAGE = re.compile(r"D(?P<number>\d{1,9})(?::p?(?P<page>\d{1,9}))?")
_ROW = re.compile(r"(?P<table>[A-Za-z_]+):(?P<file>.+):(?P<row>\d{1,12})")


@dataclass(frozen=True)
class ExceptionCited:
    """An exception."""

    ref: str


@dataclass(frozen=True)
class RowCited:
    """A row of the books."""

    table: str
    file: str
    row: int


@dataclass(frozen=True)
class ResultCited:
    """A tool's result, or one row of it."""

    ref: str
    row: int | None


@dataclass(frozen=True)
class PageCited:
    """A document, or one page of it."""

    number: int
    page: int | None


Cited = ExceptionCited | RowCited | ResultCited | PageCited


def read_citation(text: str) -> Cited | None:
    """What a citation names; None when it is none."""
    if _EXCEPTION.fullmatch(text):
        return ExceptionCited(text)
    if match := _RESULT.fullmatch(text):
        return ResultCited(match["ref"], int(match["row"]) if match["row"] else None)
    if match := _PAGE.fullmatch(text):
        return PageCited(int(match["number"]), int(match["page"]) if match["page"] else None)
    if match := _ROW.fullmatch(text):
        return RowCited(match["table"], match["file"], int(match["row"]))
    return None


def row_citation(table: str, file: str, row: int) -> str:
    """How a row of the books is cited."""
    return f"{table}:{file}:{row}"
