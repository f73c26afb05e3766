"""Text as it is compared: Latin letters without accents, in small letters, and digits."""

import re
import unicodedata

_LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i",
}  # fmt: skip
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґђјљњћџў",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i i e g dj j lj nj c dz u".split(),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψως",
        "a v g d e z i th i k l m n x o p r s t y f ch ps o s".split(),
        strict=True,
    )
)
_TABLE = str.maketrans(_LATIN | {letter: latin.strip("_") for letter, latin in (_CYRILLIC | _GREEK).items()})
_INITIALS = re.compile(r"\b(?:\w\.){2,}\w?\b\.?|\b(?:\w\.){2,}")
_APART = re.compile(r"[^\w]+|_")
_SINGLE = re.compile("['`\u2019\u00b4]")


def plain(text: str) -> str:
    """Small letters and digits in words with one space between: `Müller & Söhne, S.A.` becomes `muller and sohne sa`.

    Cyrillic and Greek are transliterated letter by letter; other scripts keep their letters.
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_TABLE))
        text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate(_TABLE)
    text = _SINGLE.sub("", text.replace("&", " and "))
    text = _INITIALS.sub(lambda found: found.group().replace(".", "") + " ", text)
    return " ".join(_APART.sub(" ", text).split())
