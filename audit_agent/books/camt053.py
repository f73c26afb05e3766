"""ISO 20022 camt.053 (bank to customer statement), any version, an entry at a time.

Nothing beyond the file is reached: no document type, no entities, no network, no huge trees.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from audit_agent.books.bank_records import Balance, Record, Statement, Transaction, Unread
from audit_agent.books.bank_source import bank_tables
from audit_agent.books.errors import DamagedFileError
from audit_agent.books.source import Source
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_stream import damaged
from audit_agent.books.xml_tables import XmlFile

FORMAT = "camt.053"
NAMESPACE = "camt.053."
"""Part of the namespace of every version."""

_BY_NUMBER = "Source_Row counts transactions and statements in the order of the file."
_OPENING, _CLOSING, _AVAILABLE = ("OPBD", "PRCD", "ITBD"), ("CLBD", "ITBD"), ("CLAV",)
_UNBOOKED = ("PDNG", "INFO", "FUTR")
_NO_REFERENCE = ("", "NOTPROVIDED", "NONREF")
_AMOUNT = re.compile(r"\d{1,18}(?:\.\d{0,17})?|\.\d{1,17}")
_PARTS = "{*}NtryDtls/{*}TxDtls"


def camt053_tables(path: Path, file: XmlFile, bench: Workbench, root: str) -> tuple[Source, ...]:
    """The tables of a file whose first element is `root`; raises DamagedFileError."""
    return bank_tables(file, FORMAT, _BY_NUMBER, read_camt053(path, file.name), bench)


def read_camt053(path: Path, name: str) -> Iterator[Record]:
    """Transactions as they come, each statement after its last one; memory holds one entry.

    Raises DamagedFileError for XML that is broken, or that declares a document type.
    """
    reader = _Reader()
    try:
        with path.open("rb") as file:
            events = etree.iterparse(
                file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
                huge_tree=False, remove_comments=True, remove_pis=True,
            )  # fmt: skip
            first = True
            for event, element in events:
                if first:
                    _refuse_document_type(element, name)
                    first = False
                if event == "end":
                    yield from reader.take(element)
                elif etree.QName(element).localname == "Stmt":
                    reader.begin()
    except etree.XMLSyntaxError as error:
        raise damaged(name, error.lineno or 1, str(error.msg), cut_short="Premature end" in str(error.msg)) from error


def _refuse_document_type(root: etree._Element, name: str) -> None:
    if root.getroottree().docinfo.doctype:
        raise DamagedFileError(
            f"{name} declares a document type, which no bank statement has; it is not read.", "Ask for it without."
        )


@dataclass
class _Open:
    """The statement that is being read."""

    id: str = ""
    number: str = ""
    account: str = ""
    currency: str = ""
    balances: dict[str, list[Balance]] = field(default_factory=dict)
    unique: str = ""
    transactions: int = 0


class _Reader:
    def __init__(self) -> None:
        self._open: _Open | None = None
        self._row = 0
        self._statements = 0
        self._named: Counter[tuple[str, str]] = Counter()

    def begin(self) -> None:
        """A statement begins."""
        self._open = _Open()
        self._statements += 1

    def take(self, element: etree._Element) -> Iterator[Record]:
        """What is complete with the end of this element."""
        parent = element.getparent()
        if parent is None:
            return
        if self._open is None:
            _forget(element)
            return
        name, within = etree.QName(element).localname, etree.QName(parent).localname
        if name == "Stmt":
            yield from self._statement(self._open)
            self._open = None
            _forget(element)
        elif within == "Stmt":
            if name == "Ntry":
                yield from self._entry(self._open, element)
            else:
                yield from self._heading(self._open, name, element)
            _forget(element)

    def _heading(self, found: _Open, name: str, element: etree._Element) -> Iterator[Record]:
        match name:
            case "Id":
                found.id = _own(element)
            case "ElctrncSeqNb" | "LglSeqNb":
                found.number = found.number or _own(element)
            case "Acct":
                found.account = _account(element)
                found.currency = _text(element, "Ccy")
            case "Bal":
                kind, balance = _text(element, "Tp/CdOrPrtry/Cd"), _balance(element)
                if balance is not None:
                    found.balances.setdefault(kind, []).append(balance)
                    found.currency = found.currency or balance.currency
                elif kind in (*_OPENING, *_CLOSING):
                    yield Unread(self._statements, _all(element), f"is no balance ({kind})", of_balance=True)

    def _entry(self, found: _Open, entry: etree._Element) -> Iterator[Record]:
        amount = _amount(entry)
        parts = _parts(entry, amount)
        for part in parts:
            self._row += 1
            status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
            if amount is None:
                yield Unread(self._row, _all(entry), "is no entry with an amount and a side")
            elif status in _UNBOOKED:
                yield Unread(self._row, _all(entry), f"is not booked ({status}) and counts in no balance")
            else:
                found.transactions += 1
                yield self._transaction(found, entry, part, amount)

    def _transaction(
        self, found: _Open, entry: etree._Element, part: "_Part", amount: tuple[Decimal, str]
    ) -> Transaction:
        details = part.details
        came_in = amount[0] >= 0
        booked, valued = _date(entry, "BookgDt"), _date(entry, "ValDt")
        other = ("Dbtr", "UltmtDbtr") if came_in else ("Cdtr", "UltmtCdtr")
        text = [*_texts(details, "RmtInf/Ustrd"), *_texts(details, "AddtlTxInf"), *_texts(entry, "AddtlNtryInf")]
        references = (
            _text(details, "Refs/EndToEndId"),
            _text(details, "RmtInf/Strd/CdtrRefInf/Ref"),
            _text(details, "Refs/AcctSvcrRef"),
            _text(entry, "NtryRef"),
            _text(entry, "AcctSvcrRef"),
        )
        kind = [_text(entry, f"BkTxCd/{place}") for place in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")]
        account = next((made for side in other if (made := _account_of(details, f"RltdPties/{side}Acct"))), "")
        return Transaction(
            row=self._row,
            account=found.account,
            statement=self._id(found),
            id=f"{self._id(found)}#{found.transactions}",
            booked=booked or valued,
            value=valued,
            amount=part.amount if part.amount is not None else amount[0],
            currency=amount[1] or found.currency,
            code="-".join(code for code in kind if code) or _text(entry, "BkTxCd/Prtry/Cd"),
            description=" ".join(dict.fromkeys(text)),
            counterparty=next((name for side in other if (name := _party(details, side))), ""),
            counterparty_account=account,
            reference=next((told for told in references if told not in _NO_REFERENCE), ""),
            note=part.note,
        )

    def _id(self, found: _Open) -> str:
        if not found.unique:
            called = found.id or found.number or f"statement {self._statements}"
            self._named[found.account, called] += 1
            times = self._named[found.account, called]
            found.unique = called if times == 1 else f"{called} ({times})"
        return found.unique

    def _statement(self, found: _Open) -> Iterator[Record]:
        opening, closing = _first(found, _OPENING, 0), _first(found, _CLOSING, -1)
        if opening or closing:
            yield Statement(
                row=self._statements,
                account=found.account,
                id=self._id(found),
                number=found.number,
                currency=(closing or opening or Balance("", "", Decimal(0))).currency,
                opening=opening,
                closing=closing,
                available=_first(found, _AVAILABLE, 0),
            )


@dataclass(frozen=True)
class _Part:
    """An entry, or one of the transactions that it books together."""

    details: Any
    amount: Decimal | None = None
    note: str = ""


def _parts(entry: etree._Element, amount: tuple[Decimal, str] | None) -> list[_Part]:
    """Each transaction of an entry where their amounts add up to it in its currency; else the entry as one."""
    details = entry.findall(_PARTS)
    if amount is None or len(details) < 2:
        return [_Part(details[0] if details else entry)]
    own = [_amount(part, amount[1]) for part in details]
    sums = [one[0] for one in own if one is not None and one[1] == amount[1]]
    if len(sums) == len(details) and sum(sums) == amount[0]:
        return [_Part(part, sign) for part, sign in zip(details, sums, strict=True)]
    note = "An entry of several transactions whose amounts are not given, or do not add up to it, is taken as one."
    return [_Part(entry, note=note)]


def _amount(element: etree._Element, currency: str = "") -> tuple[Decimal, str] | None:
    """The signed amount and its currency. The side is the entry's own, also of a reversal.

    A part of an entry may give its amount only under AmtDtls, and its side only on the entry.
    """
    found = element.find("{*}Amt")
    if found is None:
        found = element.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
    side = _text(element, "CdtDbtInd")
    if not side and currency:
        grandparent = element.getparent().getparent()
        side = _text(grandparent, "CdtDbtInd")
    if found is None or side not in ("CRDT", "DBIT") or not _AMOUNT.fullmatch(_own(found)):
        return None
    amount = Decimal(_own(found))
    return (amount if side == "CRDT" else -amount), found.get("Ccy", "")


def _balance(element: etree._Element) -> Balance | None:
    amount, day = _amount(element), _date(element, "Dt")
    return Balance(day, amount[1], amount[0]) if amount and day else None


def _first(found: _Open, kinds: tuple[str, ...], place: int) -> Balance | None:
    return next((found.balances[kind][place] for kind in kinds if kind in found.balances), None)


def _account(account: etree._Element) -> str:
    return _text(account, "Id/IBAN") or _text(account, "Id/Othr/Id")


def _account_of(details: etree._Element, path: str) -> str:
    found = details.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return "" if found is None else _account(found)


def _party(details: etree._Element, side: str) -> str:
    """The name; newer versions have a party between."""
    return _text(details, f"RltdPties/{side}/Nm") or _text(details, f"RltdPties/{side}/Pty/Nm")


def _date(element: etree._Element, name: str) -> str:
    """A date, or the day of a point in time as written."""
    return _text(element, f"{name}/Dt") or _text(element, f"{name}/DtTm")[:10]


def _text(element: etree._Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return "" if found is None else _own(found)


def _texts(element: etree._Element, path: str) -> list[str]:
    return [_own(one) for one in element.findall("/".join(f"{{*}}{step}" for step in path.split("/"))) if _own(one)]


def _own(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def _all(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _forget(element: etree._Element) -> None:
    """Let go of an element and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
