"""A test that is a query: its rows as exceptions like any other procedure's."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import ibis
import pyarrow as pa

from audit_agent.books.schema import schema_of
from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.query_test import MOST_ROWS, QueryTest
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet
from audit_agent.procedures.procedure import Books, Procedure, Row, Wording

RunQuery = Callable[[str], Sequence[Mapping[str, str]]]
"""Runs a single SELECT where it can do no harm; values are text, missing ones left out."""

_ROWS = "Computed_Query"
_PLACE = ("Source_File", "Source_Row")
_OWN = (*_PLACE, "exception", "amount", "why")
_SCHEMA = pa.schema(
    [
        ("query_file", pa.string()),
        ("query_row", pa.int64()),
        ("query_exception", pa.string()),
        ("query_amount", pa.decimal128(38, 4)),
        ("query_why", pa.string()),
    ]
)
_MOST_FACTS = 8


class QueryRowsError(BadInputError):
    """The rows a query gives are none that can be flagged."""


class Parameters(ParameterSet):
    """A query has none: it is agreed as it stands."""


def query_rows(test: QueryTest, rows: Sequence[Mapping[str, str]]) -> pa.Table:
    """The rows of a test as they are kept; raises QueryRowsError where they name no source, or are too many."""
    if len(rows) > MOST_ROWS:
        raise QueryRowsError(
            f"{test.id} flags more than {MOST_ROWS:,} rows.",
            "Narrow its query; a test that flags everything tells nothing.",
        )
    return pa.Table.from_pylist([_row(test, row) for row in rows], schema=_SCHEMA)


def _row(test: QueryTest, row: Mapping[str, str]) -> dict[str, Any]:
    if missing := [name for name in _PLACE if name not in row]:
        raise QueryRowsError(
            f"{test.id} gives rows without {' and '.join(missing)}.",
            f"Select Source_File and Source_Row of {test.table} for every row that is flagged.",
        )
    more = "; ".join(f"{name} {value}" for name, value in row.items() if name not in _OWN)
    return {
        "query_file": row["Source_File"],
        "query_row": _number(test, row["Source_Row"], "Source_Row", int),
        "query_exception": row.get("exception"),
        "query_amount": abs(_number(test, row["amount"], "amount", Decimal)) if "amount" in row else None,
        "query_why": ". ".join(part for part in (row.get("why", "").rstrip("."), more) if part),
    }


def _number(test: QueryTest, text: str, column: str, kind: Callable[[str], Any]) -> Any:
    try:
        number = kind(text)
        return round(number, 4) if isinstance(number, Decimal) else number
    except (ValueError, InvalidOperation) as error:
        raise QueryRowsError(
            f"{test.id} gives {text!r} as {column}, which is no number.", f"Correct its query, or leave {column} out."
        ) from error


def queried(test: QueryTest, run: RunQuery) -> Procedure[Parameters]:
    """The procedure that flags what a query gives, run once."""
    schema = schema_of(test.table)
    facts = schema.columns[:_MOST_FACTS]

    def population(books: Books, parameters: Parameters) -> ibis.Table:
        return books.table(test.table)

    def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
        found = books.computed(_ROWS, lambda: query_rows(test, run(test.sql)))
        table = books.table(test.table)
        # Joined to the table, so that nothing is flagged that the books do not hold.
        rows = table.inner_join(
            found.distinct(), [table.Source_File == found.query_file, table.Source_Row == found.query_row]
        )
        place = rows.Source_File + ":" + rows.Source_Row.cast("string")
        rows = rows.mutate(key=ibis.coalesce(rows.query_exception, ibis.literal(f"{test.table} ") + place))
        rows = rows.mutate(exposure=rows.query_amount.max().over(ibis.window(group_by="key")))
        currency = rows.Amount_Currency.fill_null(books.currency) if "Amount_Currency" in rows.columns else None
        return flagged(
            rows,
            table=test.table,
            key=rows.key,
            amount=rows.exposure,
            currency=ibis.literal(books.currency) if currency is None else currency,
            day=rows[schema.period_column] if schema.period_column else ibis.null("date"),
            weight=rows.exposure.fill_null(0).cast(TOTAL),
            fields=facts,
            figures={"query_why": rows.query_why},
        )

    def reason(row: Row, parameters: Parameters) -> str:
        return f"{test.means.rstrip('.')}. {row['query_why']}".strip()

    return Procedure(
        id=test.id,
        version="1",
        title=test.title,
        purpose=test.means,
        standard="A test of this audit's own, agreed with its plan",
        inputs=(TableNeed(table=test.table, columns=()),),
        parameters=Parameters,
        false_positive_risk="high",
        false_positives="Nobody has used it before.",
        wording=Wording(one="exception", many="exceptions", none="Nothing is flagged."),
        facts=facts,
        population=population,
        exceptions=exceptions,
        reason=reason,
    )
