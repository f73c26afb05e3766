"""The elements of a camt.053 statement: amounts with their side, dates, parties, and the parts of an entry."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from lxml import etree

from audit_agent.books.bank_records import Balance

_PARTS = "{*}NtryDtls/{*}TxDtls"
_AMOUNT = re.compile(r"\d{1,18}(?:\.\d{0,17})?|\.\d{1,17}")


@dataclass(frozen=True)
class Part:
    """An entry, or one of the transactions that it books together."""

    details: Any
    amount: Decimal | None = None
    note: str = ""


def parts_of(entry: etree._Element, amount: tuple[Decimal, str] | None) -> list[Part]:
    """Each transaction of an entry where their amounts add up to it in its currency; else the entry as one."""
    details = entry.findall(_PARTS)
    if amount is None or len(details) < 2:
        return [Part(details[0] if details else entry)]
    own = [signed_amount(part, amount[1]) for part in details]
    sums = [one[0] for one in own if one is not None and one[1] == amount[1]]
    if len(sums) == len(details) and sum(sums) == amount[0]:
        return [Part(part, sign) for part, sign in zip(details, sums, strict=True)]
    note = "An entry of several transactions whose amounts are not given, or do not add up to it, is taken as one."
    return [Part(entry, note=note)]


def signed_amount(element: etree._Element, currency: str = "") -> tuple[Decimal, str] | None:
    """The signed amount and its currency. The side is the entry's own, also of a reversal.

    A part of an entry may give its amount only under AmtDtls, and its side only on the entry.
    """
    found = element.find("{*}Amt")
    if found is None:
        found = element.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
    side = text_at(element, "CdtDbtInd")
    if not side and currency:
        grandparent = element.getparent().getparent()
        side = text_at(grandparent, "CdtDbtInd")
    if found is None or side not in ("CRDT", "DBIT") or not _AMOUNT.fullmatch(own_text(found)):
        return None
    amount = Decimal(own_text(found))
    return (amount if side == "CRDT" else -amount), found.get("Ccy", "")


def balance_of(element: etree._Element) -> Balance | None:
    """A balance; None where its amount, side or day is missing."""
    amount, day = signed_amount(element), date_of(element, "Dt")
    return Balance(day, amount[1], amount[0]) if amount and day else None


def account_number(account: etree._Element) -> str:
    """The IBAN, or another number of the account."""
    return text_at(account, "Id/IBAN") or text_at(account, "Id/Othr/Id")


def account_at(details: etree._Element, path: str) -> str:
    """The number of the account that stands at a path; empty where none does."""
    found = details.find(_any_namespace(path))
    return "" if found is None else account_number(found)


def party(details: etree._Element, side: str) -> str:
    """The name; newer versions have a party between."""
    return text_at(details, f"RltdPties/{side}/Nm") or text_at(details, f"RltdPties/{side}/Pty/Nm")


def date_of(element: etree._Element, name: str) -> str:
    """A date, or the day of a point in time as written."""
    return text_at(element, f"{name}/Dt") or text_at(element, f"{name}/DtTm")[:10]


def text_at(element: etree._Element, path: str) -> str:
    """The text at a path of local names; empty where there is none."""
    found = element.find(_any_namespace(path))
    return "" if found is None else own_text(found)


def texts(element: etree._Element, path: str) -> list[str]:
    """Every text at a path."""
    return [text for one in element.findall(_any_namespace(path)) if (text := own_text(one))]


def own_text(element: etree._Element) -> str:
    """The text of an element itself, blanks made single."""
    return " ".join((element.text or "").split())


def whole_text(element: etree._Element) -> str:
    """The text of an element and of all within it."""
    return " ".join("".join(element.itertext()).split())


@cache
def _any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{step}" for step in path.split("/"))
