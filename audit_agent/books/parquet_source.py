"""Parquet files, brought to text so that every kind of file goes the same way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.dialect import refuse_duplicates
from audit_agent.books.errors import DamagedFileError, unreadable
from audit_agent.books.source import Layout, Loaded, RawTable, pick
from audit_agent.books.survey import file_digest
from audit_agent.books.workbench import Workbench, file_literal, identifier
from audit_agent.domain.record import Digest


@dataclass(frozen=True)
class ParquetSource:
    """One Parquet file. Its rows count from 2, as if its column names were a header line."""

    name: str
    sha256: Digest
    size: int
    path: Path
    headers: tuple[str, ...]

    @property
    def layout(self) -> Layout | None:
        """None: its columns can be called anything."""
        return None

    @property
    def comma_hint(self) -> bool:
        """Parquet stores numbers, not their spelling."""
        return False

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column."""
        batch = next(pq.ParquetFile(self.path).iter_batches(batch_size=300), None)
        if batch is None:
            return {header: [] for header in self.headers}
        rows = batch.to_pylist()
        return {header: ["" if row[header] is None else str(row[header]) for row in rows] for header in self.headers}

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """None: it is always brought to text first."""
        return None

    def notes(self) -> tuple[str, ...]:
        """Nothing to note."""
        return ()

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        picked = pick(self.headers, columns)
        selected = ", ".join(f"CAST({identifier(header)} AS VARCHAR) AS {name}" for header, name in picked.items())
        table = bench.fresh_name("raw")
        bench.run(f"CREATE TABLE {table} AS SELECT {selected} FROM read_parquet({file_literal(self.path)})")
        (rows,) = bench.one(f"SELECT count(*) FROM {table}")
        return Loaded(RawTable(table, picked, "rowid + 2", rows))


def open_parquet(path: Path, name: str) -> ParquetSource:
    """Read the schema; raises DamagedFileError when it is no Parquet file."""
    try:
        headers = tuple(pq.read_schema(path).names)
        refuse_duplicates(headers, name)
        return ParquetSource(name, file_digest(path), path.stat().st_size, path, headers)
    except pa.ArrowInvalid as error:
        raise DamagedFileError(
            f"{name} cannot be read as Parquet: {str(error).splitlines()[0]}.", "Export it again, or remove it."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
