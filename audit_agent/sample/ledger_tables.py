"""The general ledger, and what goes with it, as rows of text; the first row of each table is its heading."""

from collections.abc import Iterator

from audit_agent.sample import chart, ledger, people
from audit_agent.sample.calendar import HOLIDAYS, YEAR, month_end
from audit_agent.sample.ledger import Journal, Visible
from audit_agent.sample.trial_balance import Balance

UNIT = "1000"
CURRENCY = "EUR"

Rows = Iterator[tuple[str, ...]]

_IN_LEDGER = (Visible.BOTH, Visible.LEDGER_ONLY)
_IN_LOG = (Visible.BOTH, Visible.LOG_ONLY)

# The blank within JE_Header_ Description is what real exports have.
_GL_HEADING = tuple(
    """
    Journal_ID|Journal_ID_Line_Number|JE_Header_ Description|JE_Line_Description|Source|Business_Unit_Code|
    Effective_Date|Fiscal_Year|Period|GL_Account_Number|Amount|Amount_Credit_Debit_Indicator|Amount_Currency|
    Entered_By|Entered_Date|Entered_Time|Approved_By|Approved_Date|Reversal_Indicator|Reversal_Journal_ID|
    Document_Date
    """.replace("\n    ", "").split("|")
)


def money(cents: int) -> str:
    """An amount with two decimals."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def gl_detail(journals: list[Journal]) -> Rows:
    """GL_Detail: the lines that stand in the ledger."""
    yield _GL_HEADING
    for journal in journals:
        if journal.visible not in _IN_LEDGER:
            continue
        entered = journal.entered.isoformat()
        approved = (journal.approved_by.id, entered) if journal.approved_by else ("", "")
        reversed_ = ("Y", journal.reverses.id) if journal.reverses else ("", "")
        period = (journal.effective.isoformat(), str(YEAR), str(journal.effective.month))
        tail = (
            CURRENCY,
            journal.by.id,
            entered,
            journal.at.isoformat(),
            *approved,
            *reversed_,
            journal.document.isoformat(),
        )
        for number, line in enumerate(journal.lines, start=1):
            head = (journal.id, str(number), journal.text, line.text, journal.source.name, UNIT)
            side = "D" if line.cents > 0 else "C"
            yield (*head, *period, line.account, money(abs(line.cents)), side, *tail)


def gl_lines(journals: list[Journal]) -> int:
    """How many lines GL_Detail has."""
    return sum(len(journal.lines) for journal in journals if journal.visible in _IN_LEDGER)


def journal_log(journals: list[Journal]) -> Rows:
    """Journal_Log: the totals that the system wrote down when each journal was entered."""
    yield ("Journal_ID", "Amount_Credit_Debit_Indicator", "Total", "Entered_Date", "Entered_Time")
    for journal in journals:
        if journal.visible not in _IN_LOG:
            continue
        for side, total in (("D", journal.debits), ("C", journal.credits)):
            amount = total if journal.logged is None else journal.logged
            yield (journal.id, side, money(amount), journal.entered.isoformat(), journal.at.isoformat())


def trial_balances(balances: list[Balance]) -> Rows:
    """Trial_Balance: every account at the end of every month, debit positive."""
    yield (
        "GL_Account_Number",
        "Business_Unit_Code",
        "Fiscal_Year",
        "Period",
        "Balance_As_Of_Date",
        "Amount_Beginning",
        "Amount_Ending",
        "Amount_Currency",
    )
    for balance in balances:
        day = month_end(balance.period).isoformat()
        figures = (money(balance.beginning), money(balance.ending))
        yield (balance.account, UNIT, str(YEAR), str(balance.period), day, *figures, CURRENCY)


def chart_of_accounts() -> Rows:
    """Chart_Of_Accounts."""
    yield ("GL_Account_Number", "GL_Account_Name", "Account_Type", "Account_Subtype", "FS_Caption")
    for account in chart.ACCOUNTS:
        statement = "Balance sheet" if account.type in ("Asset", "Liability", "Equity") else "Income statement"
        yield (account.number, account.name, account.type, account.subtype, statement)


def user_listing() -> Rows:
    """User_Listing."""
    yield (
        "User_ID",
        "First_Name",
        "Last_Name",
        "Title",
        "Department",
        "Role_Responsibility",
        "Active_Status",
        "Active_Modified_Date",
    )
    for user in people.USERS:
        status = "Active" if user.active else "Inactive"
        names = (user.first_name, user.last_name, user.title, user.department, user.role)
        yield (user.id, *names, status, user.since.isoformat())


def source_listing() -> Rows:
    """Source_Listing."""
    yield ("Source", "Source_Description", "ERP_Subledger_Module", "Business_Unit_Code")
    sources = (
        (ledger.SALES, "Customer invoices and credit notes", "AR"),
        (ledger.RECEIPTS, "Customer payments", "AR"),
        (ledger.GOODS, "Goods receipts against orders", "MM"),
        (ledger.PURCHASES, "Supplier invoices and credit notes", "AP"),
        (ledger.PAYMENTS, "Automatic payment run", "AP"),
        (ledger.INVENTORY, "Goods issues and valuation", "MM"),
        (ledger.PAYROLL, "Payroll interface", "HR"),
        (ledger.FIXED_ASSETS, "Depreciation", "FA"),
        (ledger.EXPENSES, "Travel expense interface", "HR"),
        (ledger.BANK, "Bank and treasury", "TR"),
        (ledger.MANUAL, "Manual journals", "GL"),
    )
    for source, description, module in sources:
        yield (source.name, description, module, UNIT)


def holidays() -> Rows:
    """Holidays."""
    yield ("Holiday_Date", "Name", "Country")
    for day, name in HOLIDAYS.items():
        yield (day.isoformat(), name, "DE")
