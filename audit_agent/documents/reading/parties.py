"""Who sends a document, to whom, and under which tax number."""

import re
from collections.abc import Iterator

from audit_agent.documents.reading.dates import plain
from audit_agent.documents.reading.labels import (
    Candidate,
    Row,
    Where,
    best,
    candidates,
    is_label,
    stands_below,
    supported,
)
from audit_agent.documents.reading.result import Field, Party
from audit_agent.documents.reading.vocabulary import begins_with, kind_of
from audit_agent.documents.text.model import Piece

_FORM = (
    r"(?:GmbH(?: & Co\.? KG(?:aA)?)?|AG|KG|OHG|UG|e\.K\.|SE|Ltd\.?|Limited|LLC|LLP|PLC|plc|Inc\.?|Corp\.?|Corporation"
    r"|Pvt\.? Ltd\.?|Private Limited|B\.?V\.?|N\.?V\.?|V\.?O\.?F\.?|SARL|Sarl|S\.?[Aa]\.?r\.?l\.?|SAS|S\.A\.S\.|SA"
    r"|S\.A\.|EURL|SCI|SRL|S\.r\.l\.|SpA|S\.p\.A\.|S\.L\.|AB|A/S|ApS|AS|Oy|Sp\. z o\.o\.)"
)
_WORD = r"[^\W_a-z][\w&'.\u2019-]*,? "
_COMPANY = re.compile(rf"(?<!\w)({_WORD}(?:(?:{_WORD})|(?:&|and|und|et|en) ){{0,5}}{_FORM})(?!\w)")
_DOMAIN = re.compile(r"(?:@|www\.|https?://)(?:www\.)?([\w-]+)\.[\w.]+", re.IGNORECASE)
_TAX_ID = re.compile(
    r"(?<!\w)([A-Z]{2} ?\d[\dA-Z]{1,3}(?: ?[\dA-Z]{2,4}){1,4}|\d{2}[A-Z]{5}\d{4}[A-Z][\dA-Z]{3}|\d{9,12})(?!\w)"
)
_PRIVATE = {"gmail", "outlook", "hotmail", "yahoo", "example", "web", "gmx"}
_LONG_NAME = 80
_MOST_DOMAINS = 20
_ADDRESS = 4


def supplier(rows: tuple[Row, ...]) -> Party:
    """Whom a label names; else whose domain is shown; else the first company but the addressee; else the first line."""
    addressee = _addressee(rows)
    own = tuple(tuple(piece for piece in row if piece not in addressee) for row in rows)
    name = (
        best(candidates(own, "supplier"), _name)
        or _from_domain(own)
        or next(_companies(own), None)
        or _from_top(own)
        or Field[str](reason="No company is named.")
    )
    return Party(name=name, tax_id=_tax_id(own))


def customer(rows: tuple[Row, ...]) -> Party:
    """Whom a label such as `bill to` names."""
    name = best(candidates(rows, "customer"), _name)
    return Party(name=name or Field[str](reason="No label names whom the document is for."))


def _name(candidate: Candidate) -> str | None:
    text = candidate.text.strip(" ,:;-")
    text = re.sub(r"^(?:ATTN|Attn|z\.Hd\.|T\.a\.v\.)[:.]? ", "", text)
    words = text.split()
    if company := _COMPANY.search(text):
        return company[1]
    known = is_label(text)
    is_number = len(words) == 1 and any(letter.isdigit() for letter in text)
    if is_number or (candidate.weak and candidate.where == Where.BELOW):
        return None
    return text if text[:1].isupper() and len(words) <= 6 and len(text) <= _LONG_NAME and not known else None


def _addressee(rows: tuple[Row, ...]) -> set[Piece]:
    """The label `bill to` and the lines below it."""
    pieces: set[Piece] = set()
    for number, row in enumerate(rows):
        for index, piece in enumerate(row):
            if not begins_with("customer").match(plain(piece.text)):
                continue
            pieces.add(piece)
            pieces.update(row[index + 1 :])
            below = [lower for later in rows[number + 1 : number + 1 + _ADDRESS] for lower in later]
            pieces.update(lower for lower in below if stands_below(piece, lower))
    return pieces


def _companies(rows: tuple[Row, ...]) -> Iterator[Field[str]]:
    for row in rows:
        for piece in row:
            if found := _COMPANY.search(piece.text):
                yield supported(found[1], piece, found[1])


def _from_domain(rows: tuple[Row, ...]) -> Field[str] | None:
    """A short line that is, or a name that begins like, a mail or web address in the document, which has but a few."""
    shown = [piece for row in rows for piece in row]
    domains = {_letters(found) for piece in shown for found in _DOMAIN.findall(piece.text)} - _PRIVATE - {""}
    if len(domains) > _MOST_DOMAINS:
        return None
    for piece in shown:
        company = _COMPANY.search(piece.text)
        words = company[1] if company else piece.text
        if len(words.split()) > 5 or "@" in words or not words[0].isupper():
            continue
        letters = _letters(words)
        is_name = company or not any(letter in "0123456789:" for letter in words)
        if any(letters == domain or (is_name and letters.startswith(domain)) for domain in domains):
            return supported(words, piece, words)
    return None


def _from_top(rows: tuple[Row, ...]) -> Field[str] | None:
    """The first line, where it is a few words that are neither a title nor an address."""
    for piece in rows[0] if rows else ():
        named = not any(letter in "0123456789:@" for letter in piece.text) and not kind_of(plain(piece.text))
        if named and len(piece.text.split()) <= 4 and piece.text[0].isupper():
            return supported(piece.text, piece)
    return None


def _letters(text: str) -> str:
    return "".join(letter for letter in plain(text) if letter.isalnum())


def _tax_id(rows: tuple[Row, ...]) -> Field[str]:
    found = best(candidates(rows, "supplier_tax_id"), _as_tax_id)
    return found or Field[str](reason="No label of a tax number has one beside it.")


def _as_tax_id(candidate: Candidate) -> str | None:
    found = _TAX_ID.search(candidate.text)
    if not found or (found[1].isdigit() and candidate.where == Where.BELOW):
        return None
    return found[1]
