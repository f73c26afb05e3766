"""The words of a PDF page, and which of them a person cannot see."""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

import pypdfium2
from pypdfium2 import raw

from audit_agent.documents.text.layout import Word
from audit_agent.documents.text.model import Box

_TENTHS = 10
_SMALLEST = 20
"""Letters below two points cannot be read, in tenths of a point."""
_LOOKED_AT = 200
_PALE = 240
_BREAKS = frozenset(" \t\r\n\x00\u00a0\ufffe\u00ad")


class PageWords:
    """The words of a page in the order of its content, as they stand when most of them are turned upright.

    Where every word is drawn without ink, it is the text layer of a scan: then it stands for what is seen.
    """

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = _Page(page)
        self.words = list(self._page.words())
        if self.words and all(word.hidden for word in self.words) and shows_picture(page):
            self.words = [word._replace(hidden=False) for word in self.words]

    def as_shown(self, box: Box) -> Box:
        """A box of the upright page, on the page as it is shown."""
        (x0, y0), (x1, y1) = self._page.turned_back(*box[:2]), self._page.turned_back(*box[2:])
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def shows_picture(page: pypdfium2.PdfPage) -> bool:
    """There is a picture on the page."""
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))


class _Page:
    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        self._text = page.get_textpage()
        self._quarters = self._quarters_to_upright()
        width, height = (round(length * _TENTHS) for length in page.get_size())
        self._size = (height, width) if self._quarters % 2 else (width, height)

    def _quarters_to_upright(self) -> int:
        """Clockwise, for most of the first letters."""
        count = min(self._text.count_chars(), _LOOKED_AT)
        angles = (raw.FPDFText_GetCharAngle(self._text, index) for index in range(count))
        turns = Counter(round(angle / (math.pi / 2)) for angle in angles if angle >= 0)
        most = turns.most_common(1)[0][0] if turns else 0
        return int(-most - self._page.get_rotation() // 90) % 4

    def turned_back(self, x: int, y: int) -> tuple[int, int]:
        """A point of the upright page, on the page as it is shown."""
        width, height = self._size
        return ((x, y), (y, width - x), (width - x, height - y), (height - y, x))[self._quarters]

    def words(self) -> Iterator[Word]:
        letters: list[Word] = []
        for index in range(self._text.count_chars()):
            code = raw.FPDFText_GetUnicode(self._text, index)
            text = chr(code) if code < 0x110000 else ""
            if not text or text in _BREAKS or 0xD800 <= code < 0xE000:
                yield from _word(letters)
                letters = []
                continue
            letter = Word(text, self._box(index), self._hidden(index))
            if letters and not _continues(letters[-1], letter):
                yield from _word(letters)
                letters = []
            letters.append(letter)
        yield from _word(letters)

    def _box(self, index: int) -> Box:
        left, bottom, right, top = self._text.get_charbox(index, loose=True)
        (x0, y0), (x1, y1) = self._shown(left, top), self._shown(right, bottom)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def _shown(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, *self._size, self._quarters, x, y, across, down)
        return across.value, down.value

    def _hidden(self, index: int) -> bool:
        box = self._box(index)
        if box[2] < 0 or box[3] < 0 or box[0] > self._size[0] or box[1] > self._size[1]:
            return True
        if raw.FPDFText_GetFontSize(self._text, index) > 0 and 0 < box[3] - box[1] < _SMALLEST:
            return True
        drawn = raw.FPDFText_GetTextObject(self._text, index)
        mode = raw.FPDFTextObj_GetTextRenderMode(drawn) if drawn else raw.FPDF_TEXTRENDERMODE_FILL
        if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
            return True
        if mode == raw.FPDF_TEXTRENDERMODE_STROKE:
            return False
        colour = [ctypes.c_uint() for _ in range(4)]
        if not raw.FPDFText_GetFillColor(self._text, index, *colour):
            return False
        *ink, alpha = (part.value for part in colour)
        return alpha == 0 or (min(ink) >= _PALE and not self._on_ground(index))

    def _on_ground(self, index: int) -> bool:
        left, bottom, right, top = self._text.get_charbox(index)
        x, y = (left + right) / 2, (bottom + top) / 2
        return any(ground[0] <= x <= ground[2] and ground[1] <= y <= ground[3] for ground in self._grounds)

    @cached_property
    def _grounds(self) -> list[tuple[float, float, float, float]]:
        """What pale letters can stand on: pictures, and shapes filled with a colour."""
        kinds = [raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING]
        return [shape.get_bounds() for shape in self._page.get_objects(filter=kinds) if _is_coloured(shape)]


def _is_coloured(shape: pypdfium2.PdfObject) -> bool:
    if shape.type != raw.FPDF_PAGEOBJ_PATH:
        return True
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, fill, stroke)
    colour = [ctypes.c_uint() for _ in range(4)]
    known = raw.FPDFPageObj_GetFillColor(shape, *colour)
    return bool(fill.value and known and colour[3].value and min(part.value for part in colour[:3]) < _PALE)


def _continues(last: Word, letter: Word) -> bool:
    if letter.hidden != last.hidden:
        return False
    apart = letter.box[0] - last.box[2]
    level = abs(letter.box[1] + letter.box[3] - last.box[1] - last.box[3]) < max(last.height, letter.height)
    return level and -last.height < apart < 0.5 * last.height


def _word(letters: list[Word]) -> Iterator[Word]:
    if letters:
        boxes = [letter.box for letter in letters]
        box = (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )
        yield Word("".join(letter.text for letter in letters), box, letters[0].hidden)
