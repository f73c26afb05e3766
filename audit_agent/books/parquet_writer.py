"""Writing Parquet with the same bytes for the same rows, whatever the number of threads and the load."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.workbench import Workbench

_GROUP_ROWS = 122_880
_COUNTERS = ("Source_Row",)


def write_parquet(
    bench: Workbench, query: str, path: Path, finish: Callable[[pa.Table], pa.Table] = lambda group: group
) -> None:
    """Write the rows of a query, in its order, as row groups of one fixed size.

    `finish` may look at each row group and change its columns before it is written.

    DuckDB's own COPY cuts row groups where its threads happen to meet, so its bytes differ from run to run.
    While one row group is being encoded, DuckDB computes the next.
    """
    reader = bench.stream(query, _GROUP_ROWS)
    writer = _writer(path, finish(reader.schema.empty_table()).schema)
    with writer, ThreadPoolExecutor(max_workers=1) as encoder:
        pending: Future[None] | None = None
        for group in map(finish, _groups(reader)):
            if pending is not None:
                pending.result()
            pending = encoder.submit(writer.write_table, group, row_group_size=_GROUP_ROWS)
        if pending is not None:
            pending.result()


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    counters = [name for name in _COUNTERS if name in schema.names]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in schema.names if name not in counters],
        column_encoding=dict.fromkeys(counters, "DELTA_BINARY_PACKED"),
    )


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches of the stream; what DuckDB objects to while reading is raised as DuckDB's own error.

    Arrow passes every failure of the producer on as an OSError without a number, its kind only in the text.
    """
    while True:
        try:
            yield reader.read_next_batch()
        except StopIteration:
            return
        except (OSError, pa.ArrowException) as error:
            text = str(error)
            raise (duckdb.InvalidInputException if "Invalid Input Error" in text else duckdb.IOException)(
                text
            ) from error


def _groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The stream cut into tables of exactly the row group's size, the last one shorter."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in _batches(reader):
        held.append(batch)
        rows += batch.num_rows
        while rows >= _GROUP_ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, _GROUP_ROWS).combine_chunks()
            rest = table.slice(_GROUP_ROWS)
            held, rows = rest.to_batches(), rest.num_rows
    if rows:
        yield pa.Table.from_batches(held).combine_chunks()
