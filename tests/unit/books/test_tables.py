"""Canonical tables made of Python rows behave like frozen ones."""

from datetime import date
from decimal import Decimal

import pytest

from audit_agent.books.canonical import CANONICAL
from audit_agent.books.schema import schema_of
from audit_agent.books.tables import MemoryTables, TableMissingError
from audit_agent.domain.period import parse_period

LINE = {
    "Journal_ID": "J1",
    "GL_Account_Number": "0060002-01",
    "Effective_Date": "2025-01-31",
    "Amount": "0.29",
    "Amount_Credit_Debit_Indicator": "D",
}


def test_rows_get_every_canonical_column_with_its_type() -> None:
    with MemoryTables({"GL_Detail": [LINE]}) as tables:
        row = tables.table("GL_Detail").to_pyarrow().to_pylist()[0]

    assert tuple(row) == CANONICAL["GL_Detail"].columns
    assert (row["Amount"], row["Effective_Date"], row["Source_Row"]) == (Decimal("0.2900"), date(2025, 1, 31), 2)


def test_a_period_cuts_tables_with_a_period_column_only() -> None:
    rows = [LINE, LINE | {"Effective_Date": "2025-02-01"}]
    orders = [{"PO_ID": "P1", "PO_Date": "2024-01-01"}]

    with MemoryTables({"GL_Detail": rows, "Purchase_Orders": orders}, period=parse_period("2025-01")) as tables:
        reads = tables.reads(["GL_Detail", "Purchase_Orders", "Payroll"])
        whole = tables.whole("GL_Detail").count().to_pyarrow().as_py()

    assert [(read.table, read.rows) for read in reads] == [("GL_Detail", 1), ("Purchase_Orders", 1)]
    assert whole == 2


def test_columns_without_a_value_are_empty() -> None:
    with MemoryTables({"GL_Detail": [LINE]}) as tables:
        empty = tables.empty_columns("GL_Detail")

    assert "Entered_Time" in empty
    assert "Amount" not in empty


def test_a_table_the_books_lack_is_named() -> None:
    with MemoryTables({"GL_Detail": []}) as tables, pytest.raises(TableMissingError, match="Payroll"):
        tables.table("Payroll")


def test_a_float_amount_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        MemoryTables({"GL_Detail": [LINE | {"Amount": 0.29}]})


@pytest.mark.parametrize("name", CANONICAL)
def test_what_a_table_names_is_one_of_its_columns(name: str) -> None:
    schema = schema_of(name)

    named = {schema.period_column, schema.amount, schema.indicator} - {None}

    assert named <= set(schema.columns)
    assert len(set(schema.columns)) == len(schema.columns)
