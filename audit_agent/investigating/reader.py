"""The frozen tables in a private DuckDB, for the look-ups that code words."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import duckdb

from audit_agent.books.workbench import file_literal, identifier
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.citation import row_citation
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.investigation_paper import ResultRow
from audit_agent.investigating.errors import ToolArgumentError

MOST_ROWS = 50
"""Rows of one result."""
_LONGEST_VALUE = 300
_ORIGIN = ("Source_File_SHA256", "Source_File", "Source_Row")


class BooksReader:
    """Reads whole tables, whatever the audit's period: the explanation of an entry may lie outside it."""

    def __init__(self, manifest: BooksManifest, evidence: Evidence) -> None:
        self._tables = {table.name: table for table in manifest.tables}
        self._evidence = evidence
        self._open: set[str] = set()
        self._connection = duckdb.connect()
        self._connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The tables the books carry."""
        return tuple(self._tables)

    def has(self, table: str, *columns: str) -> bool:
        """Whether the books carry the table with these columns."""
        known = self._tables.get(table)
        return known is not None and set(columns) <= set(known.columns)

    def columns(self, table: str) -> tuple[str, ...]:
        """The table's columns; raises ToolArgumentError where the books lack the table."""
        if table not in self._tables:
            raise ToolArgumentError(f"The books carry no table {table!r}. They carry: {', '.join(self._tables)}.")
        return self._tables[table].columns

    def view(self, table: str) -> str:
        """The table as SQL names it."""
        self.columns(table)
        if table not in self._open:
            path = file_literal(self._evidence.path(self._tables[table].digest))
            self._connection.execute(f"CREATE VIEW {identifier(table)} AS SELECT * FROM read_parquet({path})")
            self._open.add(table)
        return identifier(table)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns and rows of a query that code worded; raises ToolArgumentError where a value does not fit."""
        try:
            result = self._connection.execute(sql, parameters)
        except (duckdb.DataError, duckdb.InvalidInputException) as error:
            raise ToolArgumentError(str(error).splitlines()[0]) from error
        return [column[0] for column in result.description], result.fetchall()

    def rows(self, table: str, where: str, parameters: Sequence[Any], most: int = MOST_ROWS) -> list[ResultRow]:
        """Rows of a table that fulfil a condition, in the source's order; one more than `most` where there are more."""
        sql = f"SELECT * FROM {self.view(table)} WHERE {where} ORDER BY Source_File, Source_Row LIMIT {most + 1}"
        columns, found = self.run(sql, parameters)
        return [_row(table, dict(zip(columns, values, strict=True))) for values in found]


def storable(text: str) -> bool:
    """Whether a database can hold it: no NUL, and no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _row(table: str, values: dict[str, Any]) -> ResultRow:
    cite = row_citation(table, values["Source_File"], values["Source_Row"])
    return ResultRow(cite=cite, values=texts({name: values[name] for name in values if name not in _ORIGIN}))


def texts(values: dict[str, Any]) -> dict[str, str]:
    """Values as text; those that are missing are left out."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)[:_LONGEST_VALUE]
