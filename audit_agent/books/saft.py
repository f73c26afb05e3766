"""SAF-T Financial (OECD Standard Audit File for Tax, versions 1 and 2): Portugal, Norway, Luxembourg and their like."""

import re
from collections.abc import Callable
from pathlib import Path

from audit_agent.books.audit_file import AuditFileReader
from audit_agent.books.errors import UnknownVersionError
from audit_agent.books.saft_layout import (
    CLOSING,
    COLUMNS,
    ENTRIES,
    JOURNAL,
    JOURNAL_ID,
    LEDGER_LINES,
    OPENING,
    PAYMENTS,
    PURCHASES,
    SALES,
    WANTED,
    WITH_CURRENCY,
)
from audit_agent.books.stated import Stated, net
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_stream import Scope, read_stream
from audit_agent.books.xml_tables import XmlFile, XmlTable

FORMAT = "SAF-T"
ROOT = "AuditFile"

_SUMS_OF_ACCOUNTS = ("GR", "GA", "AR", "AA")
_SINGLE_ACCOUNTS = ("GM", "AM")
"""GroupingCategory in Portugal of accounts that only add up others, and of those that are posted to.

There GroupingCode names the account above; elsewhere both say where an account goes in a return.
"""

_CREDIT_NOTES = ("NC", "381")
_CANCELLED, _COUNTED_ELSEWHERE = "A", "F"
"""InvoiceStatus of a cancelled invoice, and of one whose amounts stand in another document."""

_STATED = ("NumberOfEntries", "TotalDebit", "TotalCredit")


def read_saft(path: Path, file: XmlFile, bench: Workbench, root: str) -> tuple[XmlTable, ...]:
    """The tables of an audit file; raises DamagedFileError, TooLargeError and UnknownVersionError.

    The first element's namespace says nothing here: countries number their versions in the header.
    """
    reader = _Saft(file.name, bench)
    read_stream(path, file.name, WANTED, reader.ended)
    return reader.tables(file)


class _Saft(AuditFileReader):
    """Turns the elements of an audit file into rows, and adds up what the file states in control totals."""

    def __init__(self, name: str, bench: Workbench) -> None:
        super().__init__(bench, COLUMNS)
        self._name = name
        self._header = Scope("", 0)
        self._summing_accounts = 0
        self._take: dict[str, Callable[[Scope, list[Scope]], None]] = {
            "Header": self._take_header,
            "MasterFiles/GeneralLedgerAccounts/Account": self._account,
            "MasterFiles/GeneralLedger": self._account,
            **dict.fromkeys(("MasterFiles/Customers/Customer", "MasterFiles/Customer"), self._customer),
            **dict.fromkeys(("MasterFiles/Suppliers/Supplier", "MasterFiles/Supplier"), self._supplier),
            **dict.fromkeys(LEDGER_LINES, self._ledger_line),
            f"{JOURNAL}/Transaction": lambda scope, above: self.count(ENTRIES, "transactions"),
            JOURNAL: lambda scope, above: self.count(ENTRIES, "journals"),
            ENTRIES: lambda scope, above: self._compare(scope, "GL_Detail"),
            **{f"{section}/Invoice/Line": self._source_line for section in (SALES, PURCHASES)},
            f"{PAYMENTS}/Payment/Line": self._source_line,
            f"{SALES}/Invoice": self._sold,
            f"{PURCHASES}/Invoice": self._bought,
            f"{PAYMENTS}/Payment": self._paid,
            SALES: lambda scope, above: self._compare(scope, "Invoices_Generated"),
            PURCHASES: lambda scope, above: self._compare(scope, "Invoices_Received"),
            PAYMENTS: lambda scope, above: self._compare(scope, "Cash_Received", "Payments_Made"),
        }

    def ended(self, scope: Scope, above: list[Scope]) -> None:
        """Take an element that has ended."""
        self._take[scope.path](scope, above)

    def tables(self, file: XmlFile) -> tuple[XmlTable, ...]:
        """Everything that has rows."""
        currency = self._header.first("DefaultCurrencyCode", "CurrencyCode")
        return self.finished(file, FORMAT, currency, WITH_CURRENCY)

    def _compare(self, scope: Scope, *tables: str) -> None:
        """What a section states against what it held, told with each of its tables."""
        self.compare(Stated(scope.path.rpartition("/")[2], _STATED), scope, *tables)

    def _take_header(self, scope: Scope, above: list[Scope]) -> None:
        self._header = scope
        version = scope.first("AuditFileVersion")
        if version and not re.match(r"\D{0,4}0?[12]([._]|$)", version):
            raise UnknownVersionError(
                f"{self._name}, line {scope.line}: it is {FORMAT} of version {version}; versions 1 and 2 are read.",
                "Export it in one of these versions, or export the tables as CSV.",
            )

    def _account(self, scope: Scope, above: list[Scope]) -> None:
        category = scope.first("GroupingCategory")
        more = {"StandardAccountID": scope.first("StandardAccountID", "TaxonomyCode")}
        if category in (*_SUMS_OF_ACCOUNTS, *_SINGLE_ACCOUNTS):
            more |= {"GroupingCode": "", "GroupingCode of the account above": scope.first("GroupingCode")}
        self.write("Chart_Of_Accounts", scope.line, scope.values | more)
        if category in _SUMS_OF_ACCOUNTS:
            self._summing_accounts += 1
            note = f"{self._summing_accounts:,} accounts only add up others and have no balance of their own here."
            self.remarks["Trial_Balance"] = [note]
            return
        balances = {
            name: net(scope.first(f"{moment}DebitBalance"), scope.first(f"{moment}CreditBalance"))
            for name, moment in ((OPENING, "Opening"), (CLOSING, "Closing"))
        }
        if any(balances.values()):
            end = self._header.first("SelectionCriteria/SelectionEndDate", "EndDate")
            row = {"AccountID": scope.first("AccountID"), "EndDate": end, **balances}
            self.write("Trial_Balance", scope.line, row)

    def _customer(self, scope: Scope, above: list[Scope]) -> None:
        self.write("Customer_Listing", scope.line, _party(scope, "CustomerTaxID"))

    def _supplier(self, scope: Scope, above: list[Scope]) -> None:
        self.write("Supplier_Listing", scope.line, _party(scope, "SupplierTaxID"))

    def _ledger_line(self, scope: Scope, above: list[Scope]) -> None:
        journal, transaction = above[-2], above[-1]
        debit = scope.first("DebitAmount/Amount", "DebitAmount")
        credit = scope.first("CreditAmount/Amount", "CreditAmount")
        self.count(ENTRIES, "lines")
        self.sums(ENTRIES).add(debit, credit)
        day, clock = _moment(scope.first("SystemEntryDate") or transaction.first("SystemEntryDate"))
        record = scope.first("RecordID")
        values = {
            JOURNAL_ID: _journal_id(journal.first("JournalID"), transaction.first("TransactionID")),
            # A record may be called anything; a number that is none would refuse the row.
            "RecordID": record if re.fullmatch("[0-9]{1,9}", record) else "",
            "Transaction/Description": transaction.first("Description") or journal.first("Description"),
            "Description": scope.first("Description"),
            "JournalID": journal.first("JournalID"),
            "GLPostingDate": transaction.first("GLPostingDate", "TransactionDate"),
            "TransactionDate": transaction.first("TransactionDate"),
            "PeriodYear": transaction.first("PeriodYear") or self._header.first("FiscalYear"),
            "Period": transaction.first("Period"),
            "AccountID": scope.first("AccountID"),
            "DebitAmount": debit,
            "CreditAmount": credit,
            "SourceID": transaction.first("SourceID"),
            "SystemEntryDate": day,
            "SystemEntryTime": scope.first("SystemEntryTime") or clock,
            "CustomerID or SupplierID": scope.first("CustomerID", "SupplierID")
            or transaction.first("CustomerID", "SupplierID"),
            "SourceDocumentID": scope.first("SourceDocumentID"),
            "ReferenceNumber": scope.first("ReferenceNumber"),
        }
        self.write("GL_Detail", scope.line, values)

    def _source_line(self, scope: Scope, above: list[Scope]) -> None:
        """A line of an invoice or payment: only its sums count, and what a payment is for."""
        section, document = above[-2], above[-1]
        for name in ("CustomerID", "SupplierID"):
            if value := scope.first(name):
                document.values.setdefault(name, value)
        settled = scope.first("SourceDocumentID/OriginatingON", "SourceDocumentID")
        several = document.values.setdefault("settled", settled) != settled
        document.values["settled"] = "" if several else settled
        debit = scope.first("DebitAmount/Amount", "DebitAmount")
        credit = scope.first("CreditAmount/Amount", "CreditAmount")
        amount = scope.first("InvoiceLineAmount/Amount", "PaymentLineAmount/Amount")
        if amount and not (debit or credit):
            debit, credit = (amount, "") if scope.first("DebitCreditIndicator") == "D" else ("", amount)
        status = document.first("DocumentStatus/InvoiceStatus", "DocumentStatus/PaymentStatus")
        if status not in (_CANCELLED, _COUNTED_ELSEWHERE):
            self.sums(section.path).add(debit, credit)

    def _sold(self, scope: Scope, above: list[Scope]) -> None:
        self.count(SALES, "invoices")
        customer = scope.first("CustomerID", "CustomerInfo/CustomerID")
        self.write("Invoices_Generated", scope.line, self._billed(scope) | {"CustomerID": customer})

    def _bought(self, scope: Scope, above: list[Scope]) -> None:
        self.count(PURCHASES, "invoices")
        supplier = scope.first("SupplierID", "SupplierInfo/SupplierID")
        self.write("Invoices_Received", scope.line, self._billed(scope) | {"SupplierID": supplier})

    def _billed(self, scope: Scope) -> dict[str, str]:
        """An invoice; a credit note takes its amounts back."""
        credited = scope.first("InvoiceType") in _CREDIT_NOTES
        return self._document(scope) | {
            "InvoiceNo": scope.first("InvoiceNo"),
            "InvoiceDate": scope.first("InvoiceDate"),
            "InvoiceType": scope.first("InvoiceType"),
            "GrossTotal": _taken_back(_gross(scope), credited),
            "TaxPayable": _taken_back(_tax(scope), credited),
        }

    def _paid(self, scope: Scope, above: list[Scope]) -> None:
        self.count(PAYMENTS, "payments")
        values = self._document(scope) | {
            "PaymentRefNo": scope.first("PaymentRefNo"),
            "TransactionDate": scope.first("TransactionDate"),
            "PaymentMethod": scope.first("PaymentMethod/PaymentMechanism", "PaymentMethod", "PaymentType"),
            "GrossTotal": _gross(scope),
            "OriginatingON": scope.first("settled"),
            "CustomerID": scope.first("CustomerID"),
            "SupplierID": scope.first("SupplierID"),
        }
        made = values["SupplierID"] and not values["CustomerID"]
        self.write("Payments_Made" if made else "Cash_Received", scope.line, values)

    def _document(self, scope: Scope) -> dict[str, str]:
        day, clock = _moment(scope.first("SystemEntryDate"))
        status = scope.first("DocumentStatus/InvoiceStatus", "DocumentStatus/PaymentStatus")
        return {
            "Period": scope.first("Period"),
            "PeriodYear": scope.first("PeriodYear") or self._header.first("FiscalYear"),
            "SourceID": scope.first("SourceID"),
            "SystemEntryDate": day,
            "SystemEntryTime": clock,
            "TransactionID": scope.first("TransactionID", "GLTransactionID"),
            "cancelled": "yes" if status == _CANCELLED else "no" if status else "",
        }


def _journal_id(journal: str, transaction: str) -> str:
    """Transactions are numbered within a journal, except where their number names the journal itself."""
    if not transaction or not journal or journal in transaction.split():
        return transaction
    return f"{journal}-{transaction}"


def _moment(text: str) -> tuple[str, str]:
    """Day and time of a moment; no time where it is only a day."""
    day, _, clock = text.partition("T")
    return day, clock


def _taken_back(amount: str, credited: bool) -> str:
    return f"-{amount}" if credited and amount and not amount.startswith("-") else amount


def _gross(scope: Scope) -> str:
    names = ("DocumentTotals", "InvoiceDocumentTotals", "PaymentDocumentTotals")
    return scope.first(*(f"{name}/GrossTotal{more}" for name in names for more in ("/Amount", "")))


def _tax(scope: Scope) -> str:
    return scope.first(
        "DocumentTotals/TaxPayable",
        *(f"{name}/TaxInformationTotals/TaxAmount/Amount" for name in ("DocumentTotals", "InvoiceDocumentTotals")),
    )


def _party(scope: Scope, tax_id: str) -> dict[str, str]:
    """A customer or supplier, whichever way the country writes it."""
    address = next((name for name in ("BillingAddress", "Address") if f"{name}/City" in scope.values), "Address")
    street = " ".join(filter(None, (scope.first(f"{address}/StreetName"), scope.first(f"{address}/Number"))))
    return {
        "CustomerID": scope.first("CustomerID"),
        "SupplierID": scope.first("SupplierID"),
        "Name": scope.first("CompanyName", "Name"),
        "TaxRegistrationNumber": scope.first(tax_id, "TaxRegistration/TaxRegistrationNumber", "RegistrationNumber"),
        "Street": scope.first(f"{address}/AddressDetail") or street,
        "City": scope.first(f"{address}/City"),
        "Region": scope.first(f"{address}/Region"),
        "PostalCode": scope.first(f"{address}/PostalCode"),
        "Country": scope.first(f"{address}/Country"),
        "Email": scope.first("Email", "Contact/Email"),
        "Telephone": scope.first("Telephone", "Contact/Telephone"),
        "BankAccount": scope.first("BankAccount/IBANNumber", "BankAccount/BankAccountNumber"),
    }
