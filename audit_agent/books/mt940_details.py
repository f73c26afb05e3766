"""Field 86: what a transaction is for, in the ways banks write it."""

import re
from typing import NamedTuple

_CODED = re.compile(r"\s?(?:(\d{3})|)([?>~|@^])(?=\d\d)")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_SLASHED = re.compile(r"/(EREF|IBAN|NAME|REMI)/([^/]*)")
_WIDTH = 65
_PURPOSE = (*range(20, 30), *range(60, 64))


class Details(NamedTuple):
    """What the details tell; empty where they do not."""

    purpose: str = ""
    posting_text: str = ""
    name: str = ""
    account: str = ""
    end_to_end: str = ""

    @property
    def description(self) -> str:
        """The bank's word for it and the purpose."""
        return " ".join(part for part in (self.posting_text, self.purpose) if part)


def read_details(text: str) -> Details:
    """Numbered subfields (`166?00...?20...`), fields between slashes (`/NAME/...`), or free text."""
    coded = _CODED.match(text)
    if coded is None:
        return _free(unwrapped(text))
    whole = text.replace("\n", "")
    start = _CODED.match(whole)
    parts = _subfields(whole[start.end() if start else 0 :], coded[2])
    purpose = "".join(parts.get(number, "") for number in _PURPOSE)
    marked = _marked("".join(parts.get(number, "") for number in range(20, 30)))
    return Details(
        purpose=purpose.strip(),
        posting_text=parts.get(0, "").strip(),
        name=(parts.get(32, "") + parts.get(33, "")).strip(),
        account=(parts.get(38) or parts.get(31, "")).strip(),
        end_to_end=marked.get("EREF", ""),
    )


def unwrapped(text: str) -> str:
    """Lines as one: a full line goes on without a blank, for words are broken at its end."""
    joined, full = "", True
    for line in text.split("\n"):
        if line.strip():
            joined += line if full else f" {line}"
            full = len(line) >= _WIDTH
    return joined.strip()


def _free(text: str) -> Details:
    parts = dict(reversed(_SLASHED.findall(text)))
    return Details(
        purpose=text,
        name=parts.get("NAME", "").strip(),
        account=parts.get("IBAN", "").strip(),
        end_to_end=parts.get("EREF", "").strip(),
    )


def _subfields(text: str, mark: str) -> dict[int, str]:
    pieces = re.split(rf"(?:^|{re.escape(mark)})(\d\d)", text)
    found: dict[int, str] = {}
    for number, content in zip(pieces[1::2], pieces[2::2], strict=True):
        found[int(number)] = found.get(int(number), "") + content
    return found


def _marked(purpose: str) -> dict[str, str]:
    """What SEPA marks within the purpose, such as the reference end to end (EREF+)."""
    pieces = _SEPA.split(purpose)
    return {mark: content.strip() for mark, content in zip(pieces[1::2], pieces[2::2], strict=True)}
