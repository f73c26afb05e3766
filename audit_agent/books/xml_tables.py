"""The tables found while a large XML file is read: written by batches, then handed on as sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.source import Layout, Loaded, RawTable, pick
from audit_agent.books.workbench import Workbench, file_literal
from audit_agent.domain.record import Digest

_BATCH_ROWS = 20_000
_SAMPLE_ROWS = 300


class RowWriter:
    """Takes rows of text one by one; no more than a batch of them is in memory."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self.path = path
        self.headers = tuple(headers)
        self.rows = 0
        self.samples: list[tuple[str, ...]] = []
        self.filled: set[str] = set()
        """Columns with a value in any row."""
        names = pick(self.headers, self.headers)
        self._schema = pa.schema([("row", pa.int64()), *((name.strip('"'), pa.string()) for name in names.values())])
        self._writer: pq.ParquetWriter | None = None
        self._lines: list[int] = []
        self._batch: list[tuple[str, ...]] = []

    def add(self, line: int, values: Mapping[str, str]) -> None:
        """A row that starts in this line of the file; what `values` does not name is empty."""
        row = tuple(values.get(header, "") for header in self.headers)
        if len(self.samples) < _SAMPLE_ROWS:
            self.samples.append(row)
        self._lines.append(line)
        self._batch.append(row)
        self.rows += 1
        if len(self._batch) >= _BATCH_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, self._schema)
        if not self._batch:
            return
        columns = list(zip(*self._batch, strict=True))
        self.filled |= {header for header, column in zip(self.headers, columns, strict=True) if any(column)}
        arrays = [pa.array(self._lines, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
        self._writer.write_table(pa.table(arrays, schema=self._schema))
        self._lines, self._batch = [], []


@dataclass(frozen=True)
class XmlFile:
    """The file that tables come from: its name, digest and size as given."""

    name: str
    sha256: Digest
    size: int


@dataclass(frozen=True)
class XmlTable:
    """One table of an XML file. Its rows are known by the line in which their element starts."""

    file: XmlFile
    layout: Layout
    written: RowWriter
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file and the table."""
        return f"{self.file.name}#{self.layout.table}"

    @property
    def sha256(self) -> Digest:
        """Of the file."""
        return self.file.sha256

    @property
    def size(self) -> int:
        """Of the file."""
        return self.file.size

    @property
    def headers(self) -> tuple[str, ...]:
        """The elements that are read."""
        return self.written.headers

    @property
    def comma_hint(self) -> bool:
        """XML writes decimal points."""
        return False

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column."""
        rows = self.written.samples
        return {header: [row[place] for row in rows] for place, header in enumerate(self.headers)}

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """None: a row's line has to be brought along."""
        return None

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        picked = pick(self.headers, columns)
        table = bench.fresh_name("raw")
        selected = ", ".join(['"row"', *picked.values()])
        bench.run(f"CREATE TABLE {table} AS SELECT {selected} FROM read_parquet({file_literal(self.written.path)})")
        return Loaded(RawTable(table, picked, '"row"', self.written.rows))

    def notes(self) -> tuple[str, ...]:
        """What the file says of itself, and whether it holds it."""
        return self.remarks
