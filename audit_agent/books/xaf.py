"""The Dutch XML Auditfile Financieel (XAF), versions 3.0 to 3.2.1 and 4.0."""

import re
from collections.abc import Callable
from pathlib import Path

from audit_agent.books.audit_file import AuditFileReader
from audit_agent.books.errors import UnknownVersionError
from audit_agent.books.stated import Stated
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_stream import Scope, read_stream
from audit_agent.books.xml_tables import XmlFile, XmlTable

FORMAT = "XAF"
ROOT = "auditfile"

_LEDGER = "company/transactions"
_JOURNAL = f"{_LEDGER}/journal"
_OPENING = "company/openingBalance"
_ADDRESS_PARTS = "streetname number numberExtension city region postalCode country"
_ADDRESSES = ("streetAddress", "postalAddress")
_TOTALS = "linesCount totalDebit totalCredit"
_WANTED = {
    "header": "auditfileVersion fiscalYear curCode",
    "company/customersSuppliers/customerSupplier": "custSupID custSupName custSupTp commerceNr taxRegIdent telephone "
    "eMail custCreditLimit bankAccount/bankAccNr "
    + " ".join(f"{address}/{part}" for address in _ADDRESSES for part in _ADDRESS_PARTS.split()),
    "company/generalLedger/ledgerAccount": "accID accDesc accTp leadCode leadDescription RGScode "
    "taxonomy/entryPoint/conceptRef",
    _OPENING: _TOTALS,
    f"{_OPENING}/obLine": "amnt amntTp",
    _LEDGER: _TOTALS,
    _JOURNAL: "jrnID desc",
    f"{_JOURNAL}/transaction": "nr desc periodNumber trDt userID User",
    f"{_JOURNAL}/transaction/trLine": "nr accID docRef effDate desc amnt amntTp custSupID invRef costID cost projID "
    "project",
}

_JOURNAL_ID = "jrnID + nr"
_PARTY = {
    "TIN": "taxRegIdent",
    "Address_Street": "street",
    "Address_City": "city",
    "Address_State_Province": "region",
    "Address_Postal_Code": "postalCode",
    "Address_Country": "country",
    "Email": "eMail",
    "Phone": "telephone",
}
_COLUMNS = {
    "GL_Detail": {
        "Journal_ID": _JOURNAL_ID,
        "Journal_ID_Line_Number": "nr",
        "JE_Header_Description": "transaction/desc",
        "JE_Line_Description": "desc",
        "Source": "jrnID",
        "Effective_Date": "trDt",
        "Fiscal_Year": "fiscalYear",
        "Period": "periodNumber",
        "GL_Account_Number": "accID",
        "Amount": "amnt",
        "Amount_Credit_Debit_Indicator": "amntTp",
        "Entered_By": "userID",
        "Segment01": "custSupID",
        "Segment02": "docRef",
        "Segment03": "invRef",
        "Segment04": "costID",
        "Segment05": "projID",
        "Document_Date": "effDate",
    },
    "Chart_Of_Accounts": {
        "GL_Account_Number": "accID",
        "GL_Account_Name": "accDesc",
        "Account_Type": "accTp",
        "FS_Caption": "leadDescription",
        "Account_Subtype": "leadCode",
        "XBRL_Concept": "RGScode",
    },
    "Customer_Listing": {
        "Customer_Account_ID": "custSupID",
        "Customer_Name": "custSupName",
        **_PARTY,
        "Credit_Limit": "custCreditLimit",
    },
    "Supplier_Listing": {
        "Supplier_Account_ID": "custSupID",
        "Supplier_Name": "custSupName",
        **_PARTY,
        "Bank_Account": "bankAccNr",
    },
}
"""Canonical field -> what the column is called; where it is not the element's own name the code says what it is."""

_WITH_CURRENCY = frozenset(("GL_Detail", "Customer_Listing"))
_CUSTOMER, _SUPPLIER, _OTHER = "C", "S", "O"
"""Values of custSupTp; `B` is both."""


def read_xaf(path: Path, file: XmlFile, bench: Workbench, root: str) -> tuple[XmlTable, ...]:
    """The tables of an audit file; raises DamagedFileError, TooLargeError and UnknownVersionError."""
    version = re.search(r"([0-9]+)\.[0-9](\.[0-9])?/?$", root.rpartition("}")[0].lstrip("{"))
    if version and version[1] not in ("3", "4"):
        raise _unknown(file.name, version[0].rstrip("/"))
    reader = _Xaf(file.name, bench)
    read_stream(path, file.name, _WANTED, reader.ended)
    return reader.tables(file)


def _unknown(name: str, version: str) -> UnknownVersionError:
    return UnknownVersionError(
        f"{name} is {FORMAT} of version {version}; versions 3 and 4 are read.",
        "Export it in one of these versions, or export the tables as CSV.",
    )


class _Xaf(AuditFileReader):
    """Turns the elements of an audit file into rows, and adds up what the file states in control totals."""

    def __init__(self, name: str, bench: Workbench) -> None:
        super().__init__(bench, _COLUMNS)
        self._name = name
        self._header = Scope("", 0)
        self._untyped = 0
        self._take: dict[str, Callable[[Scope, list[Scope]], None]] = {
            "header": self._take_header,
            "company/customersSuppliers/customerSupplier": self._party,
            "company/generalLedger/ledgerAccount": self._account,
            f"{_OPENING}/obLine": self._opening_line,
            _OPENING: self._opened,
            f"{_JOURNAL}/transaction/trLine": self._line,
            f"{_JOURNAL}/transaction": lambda scope, above: self.count(_LEDGER, "transactions"),
            _JOURNAL: lambda scope, above: None,
            _LEDGER: lambda scope, above: self.compare(_stated("transactions"), scope, "GL_Detail"),
        }

    def ended(self, scope: Scope, above: list[Scope]) -> None:
        """Take an element that has ended."""
        self._take[scope.path](scope, above)

    def tables(self, file: XmlFile) -> tuple[XmlTable, ...]:
        """Everything that has rows."""
        if self._untyped:
            note = f"{self._untyped:,} parties are not said to be customers or suppliers; they are listed as both."
            for table in ("Customer_Listing", "Supplier_Listing"):
                self.remarks.setdefault(table, []).append(note)
        return self.finished(file, FORMAT, self._header.first("curCode"), _WITH_CURRENCY)

    def _take_header(self, scope: Scope, above: list[Scope]) -> None:
        self._header = scope
        if (version := scope.first("auditfileVersion")).upper().startswith("CLAIR"):
            raise _unknown(self._name, version)

    def _account(self, scope: Scope, above: list[Scope]) -> None:
        concept = scope.first("RGScode", "taxonomy/entryPoint/conceptRef")
        self.write("Chart_Of_Accounts", scope.line, scope.values | {"RGScode": concept})

    def _party(self, scope: Scope, above: list[Scope]) -> None:
        kind = scope.first("custSupTp")
        self._untyped += not kind
        address = next((name for name in _ADDRESSES if f"{name}/city" in scope.values), _ADDRESSES[0])
        parts = (scope.first(f"{address}/{part}") for part in ("streetname", "number", "numberExtension"))
        values = scope.values | {
            "taxRegIdent": scope.first("taxRegIdent", "commerceNr"),
            "bankAccNr": scope.first("bankAccount/bankAccNr"),
            "street": " ".join(filter(None, parts)),
            **{part: scope.first(f"{address}/{part}") for part in ("city", "region", "postalCode", "country")},
        }
        if kind not in (_SUPPLIER, _OTHER):
            self.write("Customer_Listing", scope.line, values)
        if kind not in (_CUSTOMER, _OTHER):
            self.write("Supplier_Listing", scope.line, values)

    def _opening_line(self, scope: Scope, above: list[Scope]) -> None:
        self.count(_OPENING, "lines")
        self._add(_OPENING, scope)

    def _opened(self, scope: Scope, above: list[Scope]) -> None:
        self.compare(_stated("openingBalance"), scope, "GL_Detail")
        sums = self.sums(_OPENING)
        self.remarks["GL_Detail"].append(
            f"The opening balance (debits {sums.debit:,}, credits {sums.credit:,}) is not taken over: a trial balance "
            "needs closing balances, and the file has none."
        )

    def _line(self, scope: Scope, above: list[Scope]) -> None:
        journal, transaction = above[-2], above[-1]
        self.count(_LEDGER, "lines")
        self._add(_LEDGER, scope)
        number = scope.first("nr")
        values = scope.values | {
            _JOURNAL_ID: "-".join(filter(None, (journal.first("jrnID"), transaction.first("nr")))),
            # A line may be called anything; a number that is none would refuse the row.
            "nr": number if re.fullmatch("[0-9]{1,9}", number) else "",
            "transaction/desc": transaction.first("desc") or journal.first("desc"),
            "jrnID": journal.first("jrnID"),
            "trDt": transaction.first("trDt"),
            "periodNumber": transaction.first("periodNumber"),
            # A year that is not the calendar's, 2024-2025, goes by the year in which it ends.
            "fiscalYear": self._header.first("fiscalYear")[-4:],
            "userID": transaction.first("userID", "User"),
            "costID": scope.first("costID", "cost"),
            "projID": scope.first("projID", "project"),
        }
        if not transaction.first("nr"):
            values[_JOURNAL_ID] = ""
        self.write("GL_Detail", scope.line, values)

    def _add(self, section: str, scope: Scope) -> None:
        amount, side = scope.first("amnt"), scope.first("amntTp")
        self.sums(section).add(amount if side == "D" else "", amount if side == "C" else "")


def _stated(what: str) -> Stated:
    return Stated(what, ("linesCount", "totalDebit", "totalCredit"))
