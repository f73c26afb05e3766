"""Writing Parquet with the same bytes for the same rows, whatever the number of threads and the load."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit_agent.books.workbench import Workbench

_GROUP_ROWS = 122_880
_COUNTERS = ("Source_Row",)


def write_parquet(bench: Workbench, query: str, path: Path) -> None:
    """Write the rows of a query, in its order, as row groups of one fixed size.

    DuckDB's own COPY cuts row groups where its threads happen to meet, so its bytes differ from run to run.
    While one row group is being encoded, DuckDB computes the next.
    """
    reader = bench.stream(query, _GROUP_ROWS)
    counters = [name for name in _COUNTERS if name in reader.schema.names]
    writer = pq.ParquetWriter(
        path,
        reader.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in reader.schema.names if name not in counters],
        column_encoding=dict.fromkeys(counters, "DELTA_BINARY_PACKED"),
    )
    with writer, ThreadPoolExecutor(max_workers=1) as encoder:
        pending: Future[None] | None = None
        for group in _groups(reader):
            if pending is not None:
                pending.result()
            pending = encoder.submit(writer.write_table, group, row_group_size=_GROUP_ROWS)
        if pending is not None:
            pending.result()


def _groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The stream cut into tables of exactly the row group's size, the last one shorter."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        held.append(batch)
        rows += batch.num_rows
        while rows >= _GROUP_ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, _GROUP_ROWS).combine_chunks()
            rest = table.slice(_GROUP_ROWS)
            held, rows = rest.to_batches(), rest.num_rows
    if rows:
        yield pa.Table.from_batches(held).combine_chunks()
