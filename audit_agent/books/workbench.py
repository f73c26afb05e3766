"""A temporary folder and a private DuckDB, both gone when the import ends."""

import glob
import itertools
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from audit_agent.books.errors import not_written
from audit_agent.books.limits import ImportLimits


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text quoted for SQL, for the places that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A path quoted for SQL, its own `*`, `?` and `[` not taken for a pattern."""
    return literal(glob.escape(str(path)))


class Workbench:
    """Where an import does its work. Entering makes the folder, leaving removes it whatever happened."""

    def __init__(self, workspace: Path, limits: ImportLimits) -> None:
        self._workspace = workspace
        self._limits = limits
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="import-", dir=self._workspace))
        except OSError as error:
            raise not_written(self._workspace, error.strerror or str(error)) from error
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{self._limits.memory // (1024 * 1024)}MiB",
                "temp_directory": str(self.folder / "spill"),
                # A part may be written twice; a cached piece of the first one must not be read for the second.
                "enable_external_file_cache": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        # DuckDB takes a process without a script for a person at a prompt, and would print into JSON output.
        self._connection.execute("SET enable_progress_bar = false")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise not_written(self._workspace, str(error).splitlines()[0]) from error
        if isinstance(error, OSError):
            raise not_written(self._workspace, error.strerror or str(error)) from error

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Run a statement that yields exactly one row."""
        (row,) = self.run(sql, parameters)
        return row

    def stream(self, query: str, batch_rows: int) -> Any:
        """The rows of a query, in order, as an Arrow record batch reader."""
        return self._connection.execute(query).to_arrow_reader(batch_rows)

    def arrow_table(self, name: str, arrow: Any) -> None:
        """Copy an Arrow table into a DuckDB table."""
        self._connection.register("incoming", arrow)
        try:
            self.run(f"CREATE TABLE {identifier(name)} AS SELECT * FROM incoming")
        finally:
            self._connection.unregister("incoming")

    def fresh_name(self, stem: str) -> str:
        """A name nothing here carries yet, for a table or a file."""
        return f"{stem}_{next(self._numbers)}"
