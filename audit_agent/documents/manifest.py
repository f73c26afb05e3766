"""A frozen set as Parquet in row groups: written as a stream, read a page at a time."""

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.domain.documents import BooksRow, DocumentEntry, DocumentManifest, RejectedDocument
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest, Record

GROUP_ROWS = 5_000
"""A multiple of the page size, so that a page lies in one group."""

_ENTRIES = pa.schema(
    [
        ("number", pa.int64()),
        ("source", pa.string()),
        ("name", pa.string()),
        ("size", pa.int64()),
        ("sha256", pa.string()),
        ("media_type", pa.string()),
        ("table", pa.string()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("keys", pa.string()),
    ]
)
_REJECTS = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("duplicate_of", pa.int64()),
    ]
)
_REPETITIVE = ("media_type", "table", "source_file", "file", "reason")


class RowWriter:
    """Writes records of one kind to a Parquet file, a row group at a time."""

    def __init__(self, path: Path, schema: pa.Schema, row_of: Callable[[Any], dict[str, Any]]) -> None:
        self.count = 0
        self._row_of = row_of
        self._schema = schema
        self._rows: list[dict[str, Any]] = []
        repetitive = [name for name in schema.names if name in _REPETITIVE]
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=repetitive)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._flush()
        self._writer.close()

    def write(self, record: Record) -> None:
        """Add one record."""
        self._rows.append(self._row_of(record))
        self.count += 1
        if len(self._rows) == GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
            self._rows.clear()


def entry_writer(path: Path) -> RowWriter:
    """A writer of DocumentEntry."""
    return RowWriter(path, _ENTRIES, _entry_row)


def reject_writer(path: Path) -> RowWriter:
    """A writer of RejectedDocument."""
    return RowWriter(path, _REJECTS, lambda reject: reject.model_dump())


def load_manifest(evidence: Evidence, digest: Digest) -> DocumentManifest:
    """The manifest of a frozen set; raises NotFoundError."""
    return DocumentManifest.model_validate_json(evidence.read(digest))


def read_entries(evidence: Evidence, manifest: DocumentManifest, offset: int, count: int) -> tuple[DocumentEntry, ...]:
    """The entries numbered from offset on, at most so many; reads the row groups they lie in and no others."""
    return tuple(_entry(row) for row in _rows(evidence.path(manifest.entries), offset, count))


def read_rejects(
    evidence: Evidence, manifest: DocumentManifest, offset: int, count: int
) -> tuple[RejectedDocument, ...]:
    """Rejects in the order they were found, at most so many from offset on."""
    return tuple(RejectedDocument(**row) for row in _rows(evidence.path(manifest.rejects), offset, count))


def _rows(path: Path, offset: int, count: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with pq.ParquetFile(path) as file:
        group, skip = divmod(offset, GROUP_ROWS)
        while group < file.num_row_groups and len(rows) < count:
            rows += file.read_row_group(group).slice(skip, count - len(rows)).to_pylist()
            group, skip = group + 1, 0
    return rows


def _entry_row(entry: DocumentEntry) -> dict[str, Any]:
    row = entry.model_dump(exclude={"supports"})
    if entry.supports is not None:
        row |= entry.supports.model_dump(exclude={"keys"}) | {"keys": json.dumps(entry.supports.keys)}
    return row


def _entry(row: dict[str, Any]) -> DocumentEntry:
    keys, place = row.pop("keys"), {name: row.pop(name) for name in ("table", "source_file", "source_row")}
    return DocumentEntry(**row, supports=None if keys is None else BooksRow(**place, keys=json.loads(keys)))
