"""Bases for materiality that the books themselves tell."""

from decimal import Decimal

import ibis

from audit_agent.books.synonyms import plain
from audit_agent.books.tables import Tables

_REVENUE = ("revenue", "sales", "income", "ertrag", "erlos", "umsatz", "produit", "ingreso", "ricav", "opbrengst")
_ASSETS = ("asset", "aktiva", "actif", "activo", "attiv", "activa", "vermogen")
_NOT_REVENUE = ("tax", "steuer", "expense", "cost")
_CURRENCY_TABLES = ("GL_Detail", "Invoices_Received", "Invoices_Generated", "Payments_Made")


def main_currency(tables: Tables) -> str:
    """The most frequent currency of the ledger, else of invoices; empty when the books do not say."""
    for name in _CURRENCY_TABLES:
        if tables.has(name) and "Amount_Currency" not in tables.empty_columns(name):
            table = tables.table(name)
            named = table.filter(table["Amount_Currency"].notnull())
            counts = named.group_by("Amount_Currency").agg(n=named.count())
            rows = counts.order_by([ibis.desc("n"), "Amount_Currency"]).limit(1).to_pyarrow().to_pylist()
            return str(rows[0]["Amount_Currency"])
    return ""


def measures_of(tables: Tables, currency: str) -> dict[str, Decimal]:
    """`total_debits`, `revenue`, `assets`, `purchases` and `sales`, in the main currency only; only what is positive.

    Revenue is the net credit of revenue accounts within the period. Assets are the closing balances of the
    latest trial balance, or the net debit of asset accounts where there is none. Purchases are the suppliers'
    invoices, sales the invoices to customers, both net of credit notes with a negative amount.
    """
    found: dict[str, Decimal | None] = {}
    if tables.has("GL_Detail"):
        ledger = _in_currency(tables.table("GL_Detail"), currency)
        found["total_debits"] = _figure(ledger["Amount"].sum(where=ledger["Amount_Credit_Debit_Indicator"] == "D"))
        if tables.has("Chart_Of_Accounts"):
            found |= _by_account_type(tables, ledger)
    for name, table in (("purchases", "Invoices_Received"), ("sales", "Invoices_Generated")):
        if tables.has(table):
            found[name] = _figure(_in_currency(tables.table(table), currency)["Invoice_Amount"].sum())
    return {name: figure for name, figure in found.items() if figure is not None and figure > 0}


def _in_currency(table: ibis.Table, currency: str) -> ibis.Table:
    if not currency:
        return table
    return table.filter((table["Amount_Currency"] == currency) | table["Amount_Currency"].isnull())


def _by_account_type(tables: Tables, ledger: ibis.Table) -> dict[str, Decimal | None]:
    types = _accounts_by_type(tables)
    revenue = -_net_debit(ledger, types["revenue"])
    assets = _closing_balances(tables, types["assets"])
    if assets is None:
        assets = _net_debit(ledger, types["assets"])
    return {"revenue": revenue, "assets": assets}


def _accounts_by_type(tables: Tables) -> dict[str, list[str]]:
    chart = tables.table("Chart_Of_Accounts").select("GL_Account_Number", "Account_Type").to_pyarrow().to_pylist()
    accounts: dict[str, list[str]] = {"revenue": [], "assets": []}
    for row in chart:
        kind = plain(row["Account_Type"] or "")
        if any(word in kind for word in _ASSETS):
            accounts["assets"].append(row["GL_Account_Number"])
        elif any(word in kind for word in _REVENUE) and not any(word in kind for word in _NOT_REVENUE):
            accounts["revenue"].append(row["GL_Account_Number"])
    return accounts


def _net_debit(ledger: ibis.Table, accounts: list[str]) -> Decimal:
    if not accounts:
        return Decimal(0)
    lines = ledger.filter(ledger["GL_Account_Number"].isin(accounts))
    debits = _figure(lines["Amount"].sum(where=lines["Amount_Credit_Debit_Indicator"] == "D"))
    credits = _figure(lines["Amount"].sum(where=lines["Amount_Credit_Debit_Indicator"] == "C"))
    return (debits or Decimal(0)) - (credits or Decimal(0))


def _closing_balances(tables: Tables, accounts: list[str]) -> Decimal | None:
    if not accounts or not tables.has("Trial_Balance"):
        return None
    balances = tables.table("Trial_Balance")
    moment = balances["Fiscal_Year"].fill_null(0) * 100 + balances["Period"].fill_null(0)
    latest = balances.filter(moment == moment.max(), balances["GL_Account_Number"].isin(accounts))
    return _figure(latest["Amount_Ending"].sum())


def _figure(expression: ibis.Value) -> Decimal | None:
    value = expression.to_pyarrow().as_py()
    return None if value is None else Decimal(value)
