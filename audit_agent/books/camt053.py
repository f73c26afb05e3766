"""ISO 20022 camt.053 (bank to customer statement), any version, an entry at a time.

Nothing beyond the file is reached: no document type, no entities, no network, no huge trees.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lxml import etree

from audit_agent.books.bank_records import Balance, Record, Statement, Transaction, Unread
from audit_agent.books.bank_source import bank_tables
from audit_agent.books.camt053_elements import (
    Part,
    account_at,
    account_number,
    balance_of,
    date_of,
    own_text,
    parts_of,
    party,
    signed_amount,
    text_at,
    texts,
    whole_text,
)
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
                found.id = own_text(element)
            case "ElctrncSeqNb" | "LglSeqNb":
                found.number = found.number or own_text(element)
            case "Acct":
                found.account = account_number(element)
                found.currency = text_at(element, "Ccy")
            case "Bal":
                kind, balance = text_at(element, "Tp/CdOrPrtry/Cd"), balance_of(element)
                if balance is not None:
                    found.balances.setdefault(kind, []).append(balance)
                    found.currency = found.currency or balance.currency
                elif kind in (*_OPENING, *_CLOSING):
                    yield Unread(self._statements, whole_text(element), f"is no balance ({kind})", of_balance=True)

    def _entry(self, found: _Open, entry: etree._Element) -> Iterator[Record]:
        amount = signed_amount(entry)
        parts = parts_of(entry, amount)
        for part in parts:
            self._row += 1
            status = text_at(entry, "Sts/Cd") or text_at(entry, "Sts")
            if amount is None:
                yield Unread(self._row, whole_text(entry), "is no entry with an amount and a side")
            elif status in _UNBOOKED:
                yield Unread(self._row, whole_text(entry), f"is not booked ({status}) and counts in no balance")
            else:
                found.transactions += 1
                yield self._transaction(found, entry, part, amount)

    def _transaction(self, found: _Open, entry: etree._Element, part: Part, amount: tuple[Decimal, str]) -> Transaction:
        details = part.details
        came_in = amount[0] >= 0
        booked, valued = date_of(entry, "BookgDt"), date_of(entry, "ValDt")
        other = ("Dbtr", "UltmtDbtr") if came_in else ("Cdtr", "UltmtCdtr")
        text = [*texts(details, "RmtInf/Ustrd"), *texts(details, "AddtlTxInf"), *texts(entry, "AddtlNtryInf")]
        references = (
            text_at(details, "Refs/EndToEndId"),
            text_at(details, "RmtInf/Strd/CdtrRefInf/Ref"),
            text_at(details, "Refs/AcctSvcrRef"),
            text_at(entry, "NtryRef"),
            text_at(entry, "AcctSvcrRef"),
        )
        kind = [text_at(entry, f"BkTxCd/{place}") for place in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")]
        account = next((made for side in other if (made := account_at(details, f"RltdPties/{side}Acct"))), "")
        return Transaction(
            row=self._row,
            account=found.account,
            statement=self._id(found),
            id=f"{self._id(found)}#{found.transactions}",
            booked=booked or valued,
            value=valued,
            amount=part.amount if part.amount is not None else amount[0],
            currency=amount[1] or found.currency,
            code="-".join(code for code in kind if code) or text_at(entry, "BkTxCd/Prtry/Cd"),
            description=" ".join(dict.fromkeys(text)),
            counterparty=next((name for side in other if (name := party(details, side))), ""),
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


def _forget(element: etree._Element) -> None:
    """Let go of an element and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _first(found: _Open, kinds: tuple[str, ...], place: int) -> Balance | None:
    return next((found.balances[kind][place] for kind in kinds if kind in found.balances), None)
