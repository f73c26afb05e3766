"""Python rows as typed canonical tables."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from audit_agent.books.schema import Kind, TableSchema
from audit_agent.domain.record import digest_bytes

_ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "DECIMAL(18,6)": pa.decimal128(18, 6),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
}


def typed_rows(schema: TableSchema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as an Arrow table with every canonical column; raises ValueError for a column that is not canonical."""
    arrow_schema = pa.schema([(name, _ARROW_TYPES[kind]) for name, kind in schema.sql_types.items()])
    sha256 = digest_bytes(b"memory.csv")
    typed = []
    for number, row in enumerate(rows, start=2):
        unknown = set(row) - set(schema.columns)
        if unknown:
            raise ValueError(f"{schema.name} has no column {', '.join(sorted(unknown))}.")
        origin = {"Source_File_SHA256": sha256, "Source_File": "memory.csv", "Source_Row": number}
        typed.append(origin | {key: _typed(schema, key, value) for key, value in row.items()})
    return pa.Table.from_pylist(typed, schema=arrow_schema)


def _typed(schema: TableSchema, name: str, value: Any) -> Any:
    field = schema.field(name)
    if field is None or value is None:
        return value
    if isinstance(value, float):
        raise TypeError(f"{schema.name}.{name}: {value!r} is a float. Write it as text or Decimal.")
    match field.kind:
        case Kind.AMOUNT:
            return Decimal(str(value)).quantize(Decimal("0.0001"))
        case Kind.QUANTITY:
            return Decimal(str(value)).quantize(Decimal("0.000001"))
        case Kind.DATE:
            return date.fromisoformat(value) if isinstance(value, str) else value
        case Kind.TIME:
            return time.fromisoformat(value) if isinstance(value, str) else value
        case Kind.INTEGER:
            return int(value)
        case _:
            return value
