"""Where SAF-T Financial keeps what, and which canonical field each becomes.

Countries differ in namespace, in order, and in whether an amount is a text or an element with currency beside it;
each path lists what any of them has.
"""

from audit_agent.books.mapping import CREDIT, DEBIT

_HEADER = """
    AuditFileVersion CurrencyCode DefaultCurrencyCode FiscalYear EndDate SelectionCriteria/SelectionEndDate
    """
_ACCOUNT = """
    AccountID AccountDescription AccountType GroupingCategory GroupingCode StandardAccountID TaxonomyCode
    OpeningDebitBalance OpeningCreditBalance ClosingDebitBalance ClosingCreditBalance
    """
_PARTY = " ".join(
    f"CustomerID SupplierID CustomerTaxID SupplierTaxID CompanyName Name RegistrationNumber Telephone Email {more}"
    for more in (
        "TaxRegistration/TaxRegistrationNumber Contact/Telephone Contact/Email BankAccount/IBANNumber "
        "BankAccount/BankAccountNumber",
        *(
            f"{address}/AddressDetail {address}/StreetName {address}/Number {address}/City {address}/PostalCode "
            f"{address}/Region {address}/Country"
            for address in ("BillingAddress", "Address")
        ),
    )
)
_TRANSACTION = """
    TransactionID Period PeriodYear TransactionDate GLPostingDate SystemEntryDate SourceID Description
    CustomerID SupplierID
    """
_LINE = """
    RecordID AccountID Description SourceDocumentID ReferenceNumber CustomerID SupplierID
    SystemEntryDate SystemEntryTime
    DebitAmount DebitAmount/Amount CreditAmount CreditAmount/Amount
    """
_TOTALS = "NumberOfEntries TotalDebit TotalCredit"
_DOCUMENT_TOTALS = " ".join(
    f"{totals}/GrossTotal {totals}/GrossTotal/Amount {totals}/TaxPayable {totals}/TaxInformationTotals/TaxAmount/Amount"
    for totals in ("DocumentTotals", "InvoiceDocumentTotals", "PaymentDocumentTotals")
)
_INVOICE = f"""
    InvoiceNo InvoiceDate InvoiceType Period PeriodYear SourceID SystemEntryDate TransactionID GLTransactionID
    CustomerID CustomerInfo/CustomerID SupplierID SupplierInfo/SupplierID DocumentStatus/InvoiceStatus
    {_DOCUMENT_TOTALS}
    """
_PAYMENT = f"""
    PaymentRefNo TransactionDate PaymentType PaymentMethod PaymentMethod/PaymentMechanism Period PeriodYear SourceID
    SystemEntryDate TransactionID CustomerID SupplierID DocumentStatus/PaymentStatus {_DOCUMENT_TOTALS}
    """
_SOURCE_LINE = """
    DebitAmount DebitAmount/Amount CreditAmount CreditAmount/Amount DebitCreditIndicator InvoiceLineAmount/Amount
    PaymentLineAmount/Amount CustomerID SupplierID SourceDocumentID SourceDocumentID/OriginatingON
    """
ENTRIES = "GeneralLedgerEntries"
JOURNAL = f"{ENTRIES}/Journal"
_DOCUMENTS = "SourceDocuments"
SALES, PURCHASES, PAYMENTS = (f"{_DOCUMENTS}/{name}" for name in ("SalesInvoices", "PurchaseInvoices", "Payments"))

LEDGER_LINES = (f"{JOURNAL}/Transaction/Line", *(f"{JOURNAL}/Transaction/Lines/{s}Line" for s in ("Debit", "Credit")))
WANTED = {
    "Header": _HEADER,
    "MasterFiles/GeneralLedgerAccounts/Account": _ACCOUNT,
    "MasterFiles/GeneralLedger": _ACCOUNT,
    "MasterFiles/Customers/Customer": _PARTY,
    "MasterFiles/Customer": _PARTY,
    "MasterFiles/Suppliers/Supplier": _PARTY,
    "MasterFiles/Supplier": _PARTY,
    ENTRIES: _TOTALS,
    JOURNAL: "JournalID Description",
    f"{JOURNAL}/Transaction": _TRANSACTION,
    **dict.fromkeys(LEDGER_LINES, _LINE),
    **dict.fromkeys((SALES, PURCHASES, PAYMENTS), _TOTALS),
    **{f"{section}/Invoice": _INVOICE for section in (SALES, PURCHASES)},
    f"{PAYMENTS}/Payment": _PAYMENT,
    **dict.fromkeys((f"{SALES}/Invoice/Line", f"{PURCHASES}/Invoice/Line", f"{PAYMENTS}/Payment/Line"), _SOURCE_LINE),
}

JOURNAL_ID = "JournalID + TransactionID"
OPENING = "OpeningDebitBalance - OpeningCreditBalance"
CLOSING = "ClosingDebitBalance - ClosingCreditBalance"
_FISCAL = {"Fiscal_Year": "PeriodYear", "Period": "Period"}
_ENTERED = {"Entered_By": "SourceID", "Entered_Date": "SystemEntryDate", "Entered_Time": "SystemEntryTime"}
_ADDRESS = {
    "Address_Street": "Street",
    "Address_City": "City",
    "Address_State_Province": "Region",
    "Address_Postal_Code": "PostalCode",
    "Address_Country": "Country",
    "Email": "Email",
    "Phone": "Telephone",
}
_BILLED = {
    "Invoice_ID": "InvoiceNo",
    "Invoice_Number": "InvoiceNo",
    "Invoice_Date": "InvoiceDate",
    **_FISCAL,
    "Invoice_Type_Name": "InvoiceType",
    "Invoice_Amount": "GrossTotal",
    "Tax_Amount": "TaxPayable",
    "Journal_ID": "TransactionID",
    **_ENTERED,
}
_PAID = {**_FISCAL, "Reference_Number": "OriginatingON", "Journal_ID": "TransactionID", **_ENTERED}
COLUMNS = {
    "GL_Detail": {
        "Journal_ID": JOURNAL_ID,
        "Journal_ID_Line_Number": "RecordID",
        "JE_Header_Description": "Transaction/Description",
        "JE_Line_Description": "Description",
        "Source": "JournalID",
        "Effective_Date": "GLPostingDate",
        **_FISCAL,
        "GL_Account_Number": "AccountID",
        DEBIT: "DebitAmount",
        CREDIT: "CreditAmount",
        **_ENTERED,
        "Segment01": "CustomerID or SupplierID",
        "Segment02": "SourceDocumentID",
        "Segment03": "ReferenceNumber",
        "Document_Date": "TransactionDate",
    },
    "Chart_Of_Accounts": {
        "GL_Account_Number": "AccountID",
        "GL_Account_Name": "AccountDescription",
        "Account_Type": "AccountType",
        "Account_Subtype": "GroupingCategory",
        "FS_Caption": "GroupingCode",
        "Parent_GL_Account_Number": "GroupingCode of the account above",
        "XBRL_Concept": "StandardAccountID",
    },
    "Trial_Balance": {
        "GL_Account_Number": "AccountID",
        "Balance_As_Of_Date": "EndDate",
        "Amount_Beginning": OPENING,
        "Amount_Ending": CLOSING,
    },
    "Customer_Listing": {
        "Customer_Account_ID": "CustomerID",
        "Customer_Name": "Name",
        "TIN": "TaxRegistrationNumber",
        **_ADDRESS,
    },
    "Supplier_Listing": {
        "Supplier_Account_ID": "SupplierID",
        "Supplier_Name": "Name",
        "TIN": "TaxRegistrationNumber",
        **_ADDRESS,
        "Bank_Account": "BankAccount",
    },
    "Invoices_Generated": {"Customer_Account_ID": "CustomerID", **_BILLED, "Voided": "cancelled"},
    "Invoices_Received": {"Supplier_Account_ID": "SupplierID", **_BILLED},
    "Cash_Received": {
        "Customer_Account_ID": "CustomerID",
        "Receipt_ID": "PaymentRefNo",
        "Receipt_Date": "TransactionDate",
        "Receipt_Type": "PaymentMethod",
        "Receipt_Amount": "GrossTotal",
        **_PAID,
        "Voided": "cancelled",
    },
    "Payments_Made": {
        "Supplier_Account_ID": "SupplierID",
        "Payment_ID": "PaymentRefNo",
        "Payment_Date": "TransactionDate",
        "Payment_Type": "PaymentMethod",
        "Payment_Amount": "GrossTotal",
        **_PAID,
        "Voided": "cancelled",
    },
}
"""Canonical field -> what the column is called; where it is not the element's own name the code says what it is."""

WITH_CURRENCY = frozenset(
    "GL_Detail Trial_Balance Invoices_Generated Invoices_Received Cash_Received Payments_Made".split()
)
"""Tables whose amounts are in the currency of the header."""
