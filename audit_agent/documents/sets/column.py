"""A column of a frozen table of the books that names files or addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.documents.errors import DocumentListError, unreadable
from audit_agent.documents.sets.found import Candidate, Found
from audit_agent.domain.documents import BooksRow, SetKind

_FILE, _ROW = "Source_File", "Source_Row"
_BATCH_ROWS = 5_000


@dataclass(frozen=True)
class ColumnSet:
    """The values of one column in the order of the table; rows without a value name no document."""

    parquet: Path
    """The frozen table's blob."""
    table: str
    column: str
    keys: tuple[str, ...]
    """Columns by which a row is found again; they are kept with each document."""
    root: Path | None
    """The folder that values which are paths are relative to."""
    kind: SetKind = SetKind.COLUMN
    ordered: bool = True

    def found(self) -> Iterator[Found]:
        """The values, streamed. Raises DocumentsPathError, and DocumentListError when there is no such column."""
        wanted = list(dict.fromkeys([self.column, _FILE, _ROW, *self.keys]))
        try:
            with pq.ParquetFile(self.parquet) as file:
                missing = [name for name in wanted if name not in file.schema_arrow.names]
                if missing:
                    raise DocumentListError(
                        f"{self.table} has no column {', '.join(missing)}.",
                        f"It has {', '.join(file.schema_arrow.names)}.",
                    )
                for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
                    yield from self._rows(batch)
        except OSError as error:
            raise unreadable(self.parquet, error) from error

    def _rows(self, batch: pa.RecordBatch) -> Iterator[Found]:
        for row in batch.to_pylist():
            source = str(row[self.column] or "").strip()
            if source:
                keys = {name: str(row[name]) for name in self.keys if row[name] is not None}
                supports = BooksRow(table=self.table, source_file=row[_FILE], source_row=row[_ROW], keys=keys)
                yield Candidate(source, row[_FILE], row[_ROW], supports)
