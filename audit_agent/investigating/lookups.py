"""Look-ups: rows, what belongs together, and histories. Each is worded by code; values travel as parameters."""

from collections.abc import Mapping
from typing import Any

from audit_agent.books.schema import schema_of
from audit_agent.books.workbench import identifier
from audit_agent.domain.investigation_paper import ResultRow
from audit_agent.investigating.errors import ToolArgumentError
from audit_agent.investigating.reader import MOST_ROWS, BooksReader, texts

_OPERATORS = (">=", "<=", "~")
_REVERSALS = ("GL_Detail", "Reversal_Journal_ID")
_RECURRING = 3
"""An amount billed so many times recurs."""


def rows(reader: BooksReader, arguments: Mapping[str, str]) -> list[ResultRow]:
    """Rows of one table by its columns; see the tool's arguments."""
    filters = dict(arguments)
    table = _required(filters, "table")
    columns = reader.columns(table)
    del filters["table"]
    if not filters:
        raise ToolArgumentError("Name at least one column; a whole table is too much to look at.")
    conditions, parameters = [], []
    for name, value in filters.items():
        column, operator = _split(name)
        if column not in columns:
            raise ToolArgumentError(f"{table} has no column {column!r}. It has: {', '.join(columns)}.")
        if operator == "~":
            conditions.append(f"contains(lower(CAST({identifier(column)} AS VARCHAR)), lower(?))")
        else:
            kind = schema_of(table).sql_types[column]
            conditions.append(f"{identifier(column)} {operator} CAST(? AS {kind})")
        parameters.append(value)
    return reader.rows(table, " AND ".join(conditions), parameters)


def related(reader: BooksReader, arguments: Mapping[str, str]) -> list[ResultRow]:
    """Rows of every table that bear a value in a column; for a journal also those that reverse it."""
    column, value = _required(arguments, "column"), _required(arguments, "value")
    tables = [name for name in reader.names if reader.has(name, column)]
    if not tables:
        raise ToolArgumentError(f"No table of the books has a column {column!r}.")
    found: list[ResultRow] = []
    for table in tables:
        found += reader.rows(table, f"CAST({identifier(column)} AS VARCHAR) = ?", [value])
    if column == "Journal_ID" and reader.has(*_REVERSALS):
        found += reader.rows(_REVERSALS[0], f"{_REVERSALS[1]} = ?", [value])
    return found[: MOST_ROWS + 1]


def supplier(reader: BooksReader, arguments: Mapping[str, str]) -> list[ResultRow]:
    """Who a supplier is, what it billed and what it was paid."""
    who = [_required(arguments, "supplier")]
    found: list[ResultRow] = []
    if reader.has("Supplier_Listing"):
        found += reader.rows("Supplier_Listing", "Supplier_Account_ID = ?", who)
    if reader.has("Invoices_Received"):
        invoices = reader.view("Invoices_Received")
        found += _measured(
            reader,
            f"""SELECT 'billed' AS what, Invoice_Type_Name AS type, Amount_Currency AS currency, count(*) AS invoices,
                sum(Invoice_Amount) AS amount, min(Invoice_Date) AS first, max(Invoice_Date) AS last
                FROM {invoices} WHERE Supplier_Account_ID = ? GROUP BY ALL ORDER BY type, currency""",
            who,
        )
        found += _measured(
            reader,
            f"""SELECT 'billed again and again' AS what, Invoice_Amount AS amount, Amount_Currency AS currency,
                count(*) AS invoices, count(DISTINCT Invoice_Number) AS numbers,
                min(Invoice_Date) AS first, max(Invoice_Date) AS last
                FROM {invoices} WHERE Supplier_Account_ID = ? GROUP BY ALL HAVING count(*) >= {_RECURRING}
                ORDER BY invoices DESC, amount DESC LIMIT 10""",
            who,
        )
    if reader.has("Payments_Made"):
        found += _measured(
            reader,
            f"""SELECT 'paid' AS what, Payment_Type AS type, Amount_Currency AS currency, count(*) AS payments,
                sum(Payment_Amount) AS amount, min(Payment_Date) AS first, max(Payment_Date) AS last
                FROM {reader.view("Payments_Made")} WHERE Supplier_Account_ID = ? GROUP BY ALL ORDER BY type""",
            who,
        )
    return found


def user(reader: BooksReader, arguments: Mapping[str, str]) -> list[ResultRow]:
    """Who a user is, and what the user entered."""
    who = [_required(arguments, "user")]
    found: list[ResultRow] = []
    for table in ("User_Listing", "Employees", "Role_Assignments"):
        if reader.has(table, "User_ID"):
            found += reader.rows(table, "upper(User_ID) = upper(?)", who)
    if reader.has("GL_Detail"):
        found += _measured(
            reader,
            f"""SELECT 'entered' AS what, Source AS source, count(*) AS lines, count(DISTINCT Journal_ID) AS journals,
                min(Entered_Date) AS first, max(Entered_Date) AS last,
                count(*) FILTER (isodow(Entered_Date) >= 6) AS weekend_lines,
                count(*) FILTER (Entered_Time >= TIME '20:00' OR Entered_Time < TIME '06:00') AS night_lines,
                count(DISTINCT Approved_By) AS approvers
                FROM {reader.view("GL_Detail")} WHERE upper(Entered_By) = upper(?) GROUP BY ALL ORDER BY source""",
            who,
        )
    return found


def _measured(reader: BooksReader, sql: str, parameters: list[Any]) -> list[ResultRow]:
    columns, found = reader.run(sql, parameters)
    return [ResultRow(values=texts(dict(zip(columns, values, strict=True)))) for values in found]


def _split(name: str) -> tuple[str, str]:
    for operator in _OPERATORS:
        if name.endswith(operator):
            return name.removesuffix(operator).strip(), operator
    return name.strip(), "="


def _required(arguments: Mapping[str, str], name: str) -> str:
    value = arguments.get(name, "").strip()
    if not value:
        raise ToolArgumentError(f"The argument {name!r} is missing.")
    return value
