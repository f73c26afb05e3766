"""How a text file is written: encoding, delimiter, where its header is. Decided on its beginning."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass

from charset_normalizer import from_bytes

from audit_agent.books.errors import DamagedFileError, DuplicateHeaderError

SNIFF_BYTES = 65_536
_DELIMITERS = ",;\t|^~\x1f"
_ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp437", "cp850", "cp932", "gb18030", "big5", "euc_kr"]
_MAGIC = {
    b"PK\x03\x04": "a zip archive or workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"PAR1": "a Parquet file",
    b"\x7fELF": "a program",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"SQLite format": "a SQLite database",
}


@dataclass(frozen=True)
class Dialect:
    """How to read a text file."""

    encoding: str
    delimiter: str
    header_line: int
    """Counted from 1."""
    headers: tuple[str, ...]
    """As written, blank ones included."""
    errors: str = "strict"


def refuse_binary(head: bytes, name: str) -> None:
    """Raise DamagedFileError when these first bytes are not those of a text file."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise _binary(name, kind)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _silent_utf16(head):
        return
    if b"\0" in head:
        raise _binary(name, "binary data")
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1f" for byte in head)
    if controls > len(head) // 50:
        raise _binary(name, "binary data")


def _binary(name: str, kind: str) -> DamagedFileError:
    return DamagedFileError(
        f"{name} is not text: it holds {kind}.", "Export it as CSV, or give the file its right name, or remove it."
    )


def decide_encoding(head: bytes, utf8: bool, foreign: bytes) -> tuple[str, str]:
    """The encoding and the error mode; `foreign` are bytes around the first ones that are not UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "strict"
    if (silent := _silent_utf16(head)) is not None:
        return silent, "strict"
    if utf8:
        return ("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"), "strict"
    if _mostly_utf8(foreign):
        return "utf-8", "surrogateescape"
    best = from_bytes(foreign, cp_isolation=_ENCODINGS).best()
    western = best is None or best.encoding in ("cp1252", "cp1250", "cp1254", "cp437", "cp850", "cp1253")
    if western and _decodes(foreign, "cp1252") and not _looks_dos(foreign):
        return "cp1252", "replace"
    return (best.encoding if best else "latin-1"), "replace"


def _silent_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    if head[1::2].count(0) > pairs * 0.7 and head[0::2].count(0) == 0:
        return "utf-16-le"
    if head[0::2].count(0) > pairs * 0.7 and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> bool:
    good = len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", data))
    bad = sum("\udc80" <= char <= "\udcff" for char in data.decode("utf-8", "surrogateescape"))
    return good > 4 * bad


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _looks_dos(data: bytes) -> bool:
    """In code pages 437 and 850 umlauts lie at 0x81-0x9a, where cp1252 has typographic signs."""
    high = [byte for byte in data if byte >= 0x80]
    low_half = sum(byte in b"\x81\x84\x8e\x94\x99\x9a\xe1" for byte in high)
    return low_half == len(high)


def sniff(
    head: bytes, encoding: str, errors: str, name: str, delimiter: str | None, header_line: int | None
) -> Dialect:
    """Find delimiter and header in the first bytes of a file.

    Raises DuplicateHeaderError when two columns have the same name.
    """
    # The sample may end in the middle of a character, which is no fault of the file.
    text = codecs.getincrementaldecoder(encoding)(errors if errors != "strict" else "ignore").decode(head)
    lines = [line.rstrip("\r") for line in re.split(r"\r\n|\n|\r(?!\n)", text)]
    if len(lines) > 1 and len(head) >= SNIFF_BYTES:
        lines.pop()
    chosen = delimiter or _declared_delimiter(lines) or _best_delimiter(lines)
    number = header_line or _header_line(lines, chosen)
    headers = tuple(_split(lines[number - 1], chosen)) if number <= len(lines) else ()
    headers = tuple(header.strip().lstrip("\ufeff").strip() for header in headers)
    refuse_duplicates(headers, name)
    return Dialect(encoding, chosen, number, headers, errors)


def refuse_duplicates(headers: tuple[str, ...], name: str) -> None:
    """Raise DuplicateHeaderError when two named columns differ in nothing but case."""
    counts = Counter(header.casefold() for header in headers if header)
    twice = [header for header in dict.fromkeys(headers) if counts[header.casefold()] > 1]
    if twice:
        raise DuplicateHeaderError(
            f"{name} has more than one column named {twice[0]!r}.",
            "Rename one of them in the header line: nobody could tell which one is meant.",
        )


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _declared_delimiter(lines: list[str]) -> str | None:
    """Excel's own `sep=;` in the first line."""
    match = re.fullmatch(r'\ufeff?"?sep=(.)"?', lines[0].strip("\n"), re.IGNORECASE)
    return match[1] if match else None


def _best_delimiter(lines: list[str]) -> str:
    """The one that splits most lines into the same number of fields, more fields first."""
    sample = [line for line in lines[:300] if line.strip()]

    def score(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(_split(line, delimiter)) for line in sample)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (count / len(sample) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=lambda delimiter: _weight(score(delimiter))) if sample else ","


def _weight(score: tuple[float, int]) -> float:
    consistent, width = score
    return consistent * consistent * width


def _header_line(lines: list[str], delimiter: str) -> int:
    """The first line as wide as most, so that titles above a table are passed over."""
    widths = [len(_split(line, delimiter)) for line in lines[:300]]
    full = Counter(width for width, line in zip(widths, lines, strict=False) if line.strip(" \t" + delimiter))
    usual = max(full.items(), key=lambda item: (item[1], item[0]), default=(1, 0))[0]
    for number, (line, width) in enumerate(zip(lines[:40], widths, strict=False), start=1):
        named = sum(bool(cell.strip()) for cell in _split(line, delimiter))
        if width >= usual and named * 2 > usual:
            return number
    return 1
