"""The process that runs one query of a model: DuckDB locked to the canonical tables, limited in memory and time.

`python -I -m audit_agent.investigating.sandbox_child`. The query comes as JSON on standard input, the answer goes to
standard output.
"""

import json
import os
import resource
import sys
from datetime import date, time
from decimal import Decimal
from typing import Any

import duckdb

_VIRTUAL_BYTES = 6 * 1024**3
"""Far above DuckDB's own limit, since it reserves addresses it does not use."""


def main() -> None:
    """Run the query and answer."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not be taken for an answer.
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.buffer.read())
    _limit(asked["seconds"])
    answers.write(json.dumps(_answer(asked)).encode())
    answers.flush()


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    connection = _locked(asked["tables"], asked["where"], asked["memory"])
    try:
        statements = connection.extract_statements(asked["sql"])
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return {"refused": "Only one SELECT is allowed."}
        result = connection.execute(statements[0])
        columns = [column[0] for column in result.description]
        if len(set(columns)) < len(columns):
            return {"failed": "Two columns of the result have one name. Give each a name of its own."}
        rows = [[_text(value) for value in row] for row in result.fetchmany(asked["rows"] + 1)]
    except duckdb.Error as error:
        return {"failed": str(error).splitlines()[0][:500]}
    return {"columns": columns, "rows": rows}


def _locked(tables: dict[str, str], where: dict[str, str], memory: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"memory_limit": memory, "threads": "1", "temp_directory": ""})
    for setting in ("enable_progress_bar", "python_enable_replacements"):
        connection.execute(f"SET {setting} = false")
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions", "allow_community_extensions"):
        connection.execute(f"SET {setting} = false")
    for name, path in tables.items():
        condition = f" WHERE {where[name]}" if name in where else ""
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{_quoted(path)}'){condition}")
    paths = ", ".join(f"'{_quoted(path)}'" for path in tables.values())
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _quoted(path: str) -> str:
    return path.replace("'", "''")


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date | time) else str(value)[:300]


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_VIRTUAL_BYTES, _VIRTUAL_BYTES))


if __name__ == "__main__":
    main()
