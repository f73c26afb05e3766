"""Counts for statistics, as few queries as can be: compiling one costs more than running it."""

import ibis


def count(rows: ibis.Table) -> str:
    """How many rows there are, as a statistic."""
    return str(rows.count().to_pyarrow().as_py())


def counts(rows: ibis.Table, **conditions: ibis.Value) -> dict[str, str]:
    """How many rows meet each condition, and under `all` how many there are."""
    measures = {name: rows.count(where=condition) for name, condition in conditions.items()}
    found = rows.aggregate(all=rows.count(), **measures).to_pyarrow().to_pylist()[0]
    return {name: str(number) for name, number in found.items()}
