"""Small audit files, as accounting systems of three countries write them."""

NORWAY = "urn:StandardAuditFile-Taxation-Financial:NO"
PORTUGAL = "urn:OECD:StandardAuditFile-Tax:PT_1.04_01"


def norwegian(lines: str, totals: tuple[str, str, str] = ("1", "100.50", "100.50"), version: str = "1.30") -> str:
    """Amounts are elements, and lines stand directly in their transaction."""
    entries, debit, credit = totals
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<n1:AuditFile xmlns:n1="{NORWAY}">
<n1:Header>
<n1:AuditFileVersion>{version}</n1:AuditFileVersion>
<n1:DefaultCurrencyCode>NOK</n1:DefaultCurrencyCode>
<n1:SelectionCriteria><n1:SelectionEndDate>2025-12-31</n1:SelectionEndDate></n1:SelectionCriteria>
</n1:Header>
<n1:MasterFiles>
<n1:GeneralLedgerAccounts>
<n1:Account><n1:AccountID>4000</n1:AccountID><n1:AccountDescription>Varekjøp</n1:AccountDescription>
<n1:OpeningDebitBalance>1000.00</n1:OpeningDebitBalance><n1:ClosingDebitBalance>1100.50</n1:ClosingDebitBalance>
</n1:Account>
<n1:Account><n1:AccountID>2400</n1:AccountID><n1:AccountDescription>Leverandørgjeld</n1:AccountDescription>
<n1:OpeningCreditBalance>1000.00</n1:OpeningCreditBalance><n1:ClosingCreditBalance>1100.50</n1:ClosingCreditBalance>
</n1:Account>
</n1:GeneralLedgerAccounts>
<n1:Customers><n1:Customer><n1:Name>Kunden AS</n1:Name><n1:CustomerID>10</n1:CustomerID></n1:Customer></n1:Customers>
<n1:Suppliers><n1:Supplier><n1:RegistrationNumber>999</n1:RegistrationNumber><n1:Name>Fjord AS</n1:Name>
<n1:Address><n1:StreetName>Veien</n1:StreetName><n1:Number>1</n1:Number><n1:City>Oslo</n1:City></n1:Address>
<n1:BankAccount><n1:IBANNumber>NO93</n1:IBANNumber></n1:BankAccount>
<n1:SupplierID>20</n1:SupplierID></n1:Supplier></n1:Suppliers>
</n1:MasterFiles>
<n1:GeneralLedgerEntries>
<n1:NumberOfEntries>{entries}</n1:NumberOfEntries>
<n1:TotalDebit>{debit}</n1:TotalDebit>
<n1:TotalCredit>{credit}</n1:TotalCredit>
<n1:Journal><n1:JournalID>GL</n1:JournalID><n1:Description>Bilag</n1:Description>
<n1:Transaction><n1:TransactionID>7</n1:TransactionID><n1:Period>10</n1:Period><n1:PeriodYear>2025</n1:PeriodYear>
<n1:TransactionDate>2025-10-01</n1:TransactionDate><n1:SourceID>kari</n1:SourceID><n1:Description>Faktura</n1:Description>
<n1:SystemEntryDate>2025-10-04</n1:SystemEntryDate><n1:GLPostingDate>2025-10-03</n1:GLPostingDate>
{lines}
</n1:Transaction></n1:Journal>
</n1:GeneralLedgerEntries>
</n1:AuditFile>
"""


def norwegian_line(account: str, side: str, amount: str, record: str = "1") -> str:
    return f"""<n1:Line><n1:RecordID>{record}</n1:RecordID><n1:AccountID>{account}</n1:AccountID>
<n1:SupplierID>20</n1:SupplierID><n1:Description>Varer</n1:Description>
<n1:{side}Amount><n1:Amount>{amount}</n1:Amount><n1:CurrencyCode>EUR</n1:CurrencyCode></n1:{side}Amount></n1:Line>"""


LINES = norwegian_line("4000", "Debit", "100.50") + "\n" + norwegian_line("2400", "Credit", "100.50", "2")

PORTUGUESE = f"""<?xml version="1.0" encoding="windows-1252"?>
<AuditFile xmlns="{PORTUGAL}">
<Header><AuditFileVersion>1.04_01</AuditFileVersion><FiscalYear>2025</FiscalYear><EndDate>2025-12-31</EndDate>
<CurrencyCode>EUR</CurrencyCode></Header>
<MasterFiles>
<GeneralLedgerAccounts><TaxonomyReference>S</TaxonomyReference>
<Account><AccountID>62</AccountID><AccountDescription>Fornecimentos e serviços</AccountDescription>
<OpeningDebitBalance>0</OpeningDebitBalance><OpeningCreditBalance>0</OpeningCreditBalance>
<ClosingDebitBalance>80.00</ClosingDebitBalance><ClosingCreditBalance>0</ClosingCreditBalance>
<GroupingCategory>GR</GroupingCategory></Account>
<Account><AccountID>6221</AccountID><AccountDescription>Trabalhos</AccountDescription>
<OpeningDebitBalance>0</OpeningDebitBalance><OpeningCreditBalance>20.00</OpeningCreditBalance>
<ClosingDebitBalance>80.00</ClosingDebitBalance><ClosingCreditBalance>0</ClosingCreditBalance>
<GroupingCategory>GM</GroupingCategory><GroupingCode>62</GroupingCode></Account>
</GeneralLedgerAccounts>
<Customer><CustomerID>C1</CustomerID><CustomerTaxID>500</CustomerTaxID><CompanyName>Café</CompanyName>
<BillingAddress><AddressDetail>Rua 1</AddressDetail><City>Lisboa</City></BillingAddress></Customer>
</MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>1</NumberOfEntries><TotalDebit>100.00</TotalDebit>
<TotalCredit>100.00</TotalCredit>
<Journal><JournalID>DIV</JournalID><Description>Diversos</Description>
<Transaction><TransactionID>2025-10-03 DIV 15</TransactionID><Period>10</Period>
<TransactionDate>2025-10-03</TransactionDate><SourceID>ana</SourceID><Description>Obras</Description>
<GLPostingDate>2025-10-03</GLPostingDate>
<Lines><DebitLine><RecordID>L/1</RecordID><AccountID>6221</AccountID>
<SystemEntryDate>2025-10-03T22:15:00</SystemEntryDate><Description>Obras</Description><DebitAmount>100.00</DebitAmount>
</DebitLine><CreditLine><RecordID>L/2</RecordID><AccountID>12</AccountID>
<SystemEntryDate>2025-10-03T22:15:00</SystemEntryDate><Description>Banco</Description>
<CreditAmount>100.00</CreditAmount></CreditLine></Lines></Transaction></Journal></GeneralLedgerEntries>
<SourceDocuments>
<SalesInvoices><NumberOfEntries>3</NumberOfEntries><TotalDebit>10.00</TotalDebit><TotalCredit>50.00</TotalCredit>
<Invoice><InvoiceNo>FT A/1</InvoiceNo><DocumentStatus><InvoiceStatus>N</InvoiceStatus></DocumentStatus>
<InvoiceDate>2025-10-05</InvoiceDate><InvoiceType>FT</InvoiceType><CustomerID>C1</CustomerID>
<Line><CreditAmount>50.00</CreditAmount></Line>
<DocumentTotals><TaxPayable>11.50</TaxPayable><NetTotal>50.00</NetTotal><GrossTotal>61.50</GrossTotal></DocumentTotals>
</Invoice>
<Invoice><InvoiceNo>NC A/1</InvoiceNo><DocumentStatus><InvoiceStatus>N</InvoiceStatus></DocumentStatus>
<InvoiceDate>2025-10-06</InvoiceDate><InvoiceType>NC</InvoiceType><CustomerID>C1</CustomerID>
<Line><DebitAmount>10.00</DebitAmount></Line>
<DocumentTotals><TaxPayable>2.30</TaxPayable><NetTotal>10.00</NetTotal><GrossTotal>12.30</GrossTotal></DocumentTotals>
</Invoice>
<Invoice><InvoiceNo>FT A/2</InvoiceNo><DocumentStatus><InvoiceStatus>A</InvoiceStatus></DocumentStatus>
<InvoiceDate>2025-10-07</InvoiceDate><InvoiceType>FT</InvoiceType><CustomerID>C1</CustomerID>
<Line><CreditAmount>5.00</CreditAmount></Line>
<DocumentTotals><TaxPayable>1.15</TaxPayable><NetTotal>5.00</NetTotal><GrossTotal>6.15</GrossTotal></DocumentTotals>
</Invoice></SalesInvoices>
<Payments><NumberOfEntries>1</NumberOfEntries><TotalDebit>0</TotalDebit><TotalCredit>61.50</TotalCredit>
<Payment><PaymentRefNo>RG A/1</PaymentRefNo><TransactionDate>2025-10-20</TransactionDate><PaymentType>RG</PaymentType>
<DocumentStatus><PaymentStatus>N</PaymentStatus></DocumentStatus><PaymentMethod><PaymentMechanism>TB</PaymentMechanism>
<PaymentAmount>61.50</PaymentAmount></PaymentMethod><SourceID>ana</SourceID><CustomerID>C1</CustomerID>
<Line><SourceDocumentID><OriginatingON>FT A/1</OriginatingON></SourceDocumentID>
<CreditAmount>61.50</CreditAmount></Line>
<DocumentTotals><GrossTotal>61.50</GrossTotal></DocumentTotals></Payment></Payments>
</SourceDocuments>
</AuditFile>
"""
"""Amounts are texts, lines stand in `Lines`, and invoices and receipts come along."""
