"""The canonical tables and their columns, as books are frozen."""

from collections.abc import Iterator

from audit_agent.books.canonical import CANONICAL
from audit_agent.books.schema import SOURCE_COLUMNS, SQL_TYPES, Kind, TableSchema
from scripts.reference.markdown import code, page, table

_KINDS = {
    Kind.TEXT: "An identifier or code, kept exactly as written.",
    Kind.PERSON: "A name, user id, address or bank account; masked in samples shown to a model.",
    Kind.NARRATIVE: "Free text; masked in samples shown to a model.",
    Kind.AMOUNT: "An amount of money, exact.",
    Kind.QUANTITY: "A quantity or unit price, exact.",
    Kind.DATE: "A day.",
    Kind.TIME: "A time of day.",
    Kind.INTEGER: "A whole number.",
    Kind.BOOLEAN: "Yes or no.",
    Kind.INDICATOR: "Debit or credit: `D` or `C`, whatever the source writes.",
}

_INTRODUCTION = """\
# Canonical tables

Books are imported into these tables. Most names are those of the AICPA Audit Data Standards.
A frozen table has all its columns; one the source does not carry is empty.
A row without a value in a required column is refused, see [books](../how-to/books.md).
"""


def tables_page() -> str:
    """The page of tables."""
    kinds = ((kind.value, code(SQL_TYPES[kind]), meaning) for kind, meaning in _KINDS.items())
    source = ", ".join(f"`{name}` ({kind})" for name, kind in SOURCE_COLUMNS.items())
    where = f"Every table also has {source}: where a row comes from. Rows count from 1, the header line included.\n"
    lines = [_INTRODUCTION, "## Kinds of columns", "", *table(("kind", "type", "meaning"), kinds), where]
    for schema in CANONICAL.values():
        lines += _entry(schema)
    return page(lines)


def _entry(schema: TableSchema) -> Iterator[str]:
    yield from (f"## {schema.name}", "")
    cut = f"cut to the audit's period by `{schema.period_column}`" if schema.period_column else "always read whole"
    totals = f"; control totals are taken from `{schema.amount}`" if schema.amount else ""
    yield from (f"{cut[0].upper()}{cut[1:]}{totals}.", "")
    rows = ((code(field.name), field.kind.value, "required" if field.required else "") for field in schema.fields)
    yield from table(("column", "kind", ""), rows)
