"""A bounded summary of frozen books: enough to plan an audit, without the rows themselves."""

import re
from datetime import date
from decimal import Decimal

import ibis

from audit_agent.books.errors import EmptyPeriodError
from audit_agent.books.measures import main_currency, measures_of
from audit_agent.books.schema import SOURCE_COLUMNS, Kind, TableSchema, schema_of
from audit_agent.books.tables import FrozenTables, Tables
from audit_agent.domain.books import BooksManifest, BooksProfile, TableProfile
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.period import Period
from audit_agent.domain.record import digest_of

_SAMPLE_ROWS = 5
_VALUE_LENGTH = 40
_MASKED = (Kind.PERSON, Kind.NARRATIVE)
_KEY_KINDS = (Kind.TEXT, Kind.PERSON)
_PLACEHOLDERS = (date(1900, 1, 1), date(1970, 1, 1), date(9999, 12, 31))


def profile(manifest: BooksManifest, evidence: Evidence, period: Period | None = None) -> BooksProfile:
    """Summarise books within a period; raises EmptyPeriodError when they hold no rows in it."""
    with FrozenTables(manifest, evidence, period) as tables:
        names = [frozen.name for frozen in manifest.tables]
        profiles = tuple(_table_profile(tables, name) for name in names)
        dated = [item for item in profiles if schema_of(item.name).period_column]
        if period is not None and dated and not any(item.rows for item in dated):
            raise _empty_period(tables, [item.name for item in dated], period)
        currency = main_currency(tables)
        return BooksProfile(
            books=digest_of(manifest),
            currency=currency,
            tables=profiles,
            measures=measures_of(tables, currency),
            rejected_rows=sum(source.rejected_rows for source in manifest.sources),
        )


def _table_profile(tables: Tables, name: str) -> TableProfile:
    schema = schema_of(name)
    (read,) = tables.reads([name])
    empty = tables.empty_columns(name)
    columns = tuple(field.name for field in schema.fields if field.name not in empty)
    debits, credits = _sides(tables.table(name), schema)
    first, last = _dates(tables.table(name), schema, columns)
    return TableProfile(
        name=name,
        rows=read.rows,
        columns=columns,
        empty_columns=tuple(field.name for field in schema.fields if field.name in empty),
        first_date=first,
        last_date=last,
        debits=debits,
        credits=credits,
        distinct=_distinct(tables.table(name), schema, columns),
        sample=_sample(tables.table(name), schema, columns),
    )


def _sides(table: ibis.Table, schema: TableSchema) -> tuple[Decimal | None, Decimal | None]:
    if schema.amount is None or schema.indicator is None:
        return None, None
    amount, side = table[schema.amount], table[schema.indicator]
    sums = table.aggregate(
        debits=amount.sum(where=side == "D").fill_null(Decimal(0)),
        credits=amount.sum(where=side == "C").fill_null(Decimal(0)),
    )
    row = sums.to_pyarrow().to_pylist()[0]
    return row["debits"], row["credits"]


def _dates(table: ibis.Table, schema: TableSchema, columns: tuple[str, ...]) -> tuple[date | None, date | None]:
    dates = [field.name for field in schema.fields if field.kind is Kind.DATE and field.name in columns]
    column = schema.period_column or (dates[0] if dates else None)
    if column is None:
        return None, None
    row = table.aggregate(first=table[column].min(), last=table[column].max()).to_pyarrow().to_pylist()[0]
    return row["first"], row["last"]


def _distinct(table: ibis.Table, schema: TableSchema, columns: tuple[str, ...]) -> dict[str, int]:
    keys = [field.name for field in schema.fields if field.kind in _KEY_KINDS and field.name in columns]
    if not keys:
        return {}
    row = table.aggregate([table[key].nunique().name(key) for key in keys]).to_pyarrow().to_pylist()[0]
    return {key: int(row[key]) for key in keys}


def _sample(table: ibis.Table, schema: TableSchema, columns: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    if not columns:
        return ()
    *_, file, row = SOURCE_COLUMNS
    rows = table.order_by([file, row]).limit(_SAMPLE_ROWS).select(*columns).to_pyarrow().to_pylist()
    return tuple(
        {name: _shown(schema, name, value) for name, value in item.items() if value is not None} for item in rows
    )


def _shown(schema: TableSchema, name: str, value: object) -> str:
    field = schema.field(name)
    text = str(value)[:_VALUE_LENGTH]
    return mask(text) if field is not None and field.kind in _MASKED else text


def mask(text: str) -> str:
    """The shape of a text without its content: `Müller AG 12` -> `Xxxxxx XX 99`."""
    lower = re.sub(r"[^\W\d_]", lambda found: "X" if found[0].isupper() else "x", text)
    return re.sub(r"\d", "9", lower)


def _empty_period(tables: Tables, names: list[str], period: Period) -> EmptyPeriodError:
    covered = []
    for name in names:
        column = schema_of(name).period_column or ""
        table = tables.whole(name)
        real = table.filter(table[column].notin(_PLACEHOLDERS))
        row = real.aggregate(first=real[column].min(), last=real[column].max()).to_pyarrow().to_pylist()[0]
        if row["first"] is not None:
            covered.append(f"{name} ({column}) from {row['first']} to {row['last']}")
    return EmptyPeriodError(
        f"The books hold no rows in the period {period}. They cover: {'; '.join(covered) or 'no dates at all'}.",
        "Choose a period within these dates, or give the books of the period.",
    )
