"""Figures in prose: put in by code where a placeholder stands, and refused where code cannot account for them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

_PLACEHOLDER = re.compile(r"\[\[\s*([a-z_]+)\s*\]\]")
_TOKEN = re.compile(r"[^\W_](?:[\w.,:/'’-]*\w)?")  # noqa: RUF001 - the typographic apostrophe groups thousands
_GROUPED = re.compile(r"\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?")  # noqa: RUF001
_NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million "
    "millions billion billions dozen dozens".split()
)


def fill(text: str, figures: Mapping[str, str]) -> str:
    """Put figures where `[[name]]` stands. An unknown name stays, and `unaccounted` reports it."""
    return _PLACEHOLDER.sub(lambda match: figures.get(match[1], match[0]), text)


class Account:
    """The figures code can account for: every number, reference and date in texts that code wrote.

    Of `standards`, such as `ISA 240.33(a)`, the number before the paragraph counts too.
    """

    def __init__(self, texts: Iterable[str], standards: Iterable[str] = ()) -> None:
        self._numbers: set[Decimal] = set()
        self._words: set[str] = set()
        for text in texts:
            for token in _tokens(text):
                self._words.add(token)
                if (number := _number(token)) is not None:
                    self._numbers.add(number)

        for text in standards:
            for token in _tokens(text):
                self._words.update((token, token.split(".")[0]))

    def unaccounted(self, text: str, figures: Mapping[str, str]) -> tuple[str, ...]:
        """What in a draft is a figure of unknown origin: numbers, number words, unknown placeholders."""
        unknown = [match[0] for match in _PLACEHOLDER.finditer(text) if match[1] not in figures]
        prose = _PLACEHOLDER.sub(" ", text)
        return tuple(dict.fromkeys([*unknown, *(token for token in _tokens(prose) if not self._has(token))]))

    def _has(self, token: str) -> bool:
        if token in _NUMBER_WORDS or any(part in _NUMBER_WORDS for part in token.split("-")):
            return False
        if not any(letter.isdigit() for letter in token):
            return True
        number = _number(token)
        return token in self._words if number is None else number in self._numbers or token in self._words


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def _number(token: str) -> Decimal | None:
    if _GROUPED.fullmatch(token):
        token = re.sub("[,'’]", "", token)  # noqa: RUF001
    try:
        return Decimal(token) if token[:1].isdigit() and re.fullmatch(r"[\d.]+", token) else None
    except InvalidOperation:
        return None
