"""Queries a model words, run where they can do no harm: checked, in a process of their own, killed when they last."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit_agent.books.schema import schema_of
from audit_agent.books.workbench import identifier
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.investigation_paper import ResultRow
from audit_agent.domain.period import Period
from audit_agent.domain.query_test import MOST_ROWS as MOST_FLAGGED
from audit_agent.investigating.errors import QueryFailedError, QueryRefusedError
from audit_agent.investigating.reader import MOST_ROWS
from audit_agent.investigating.single_select import check_single_select

_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
_GRACE_SECONDS = 20
"""By the clock beyond the processor time, since a busy machine starts and schedules slowly."""


@dataclass(frozen=True)
class QueryLimits:
    """What one query may take."""

    seconds: int = 10
    """Of processor time."""
    memory: str = "512MiB"
    rows: int = MOST_ROWS


FOR_A_STEP = QueryLimits(seconds=120, memory="1GiB", rows=MOST_FLAGGED)
"""What a test of a plan may take."""


class Sandbox:
    """Runs single SELECTs over frozen tables."""

    def __init__(
        self,
        manifest: BooksManifest,
        evidence: Evidence,
        limits: QueryLimits | None = None,
        period: Period | None = None,
    ) -> None:
        """Tables are whole, or cut to a period where they have a date for it."""
        self._manifest = manifest
        self._evidence = evidence
        self._limits = limits or QueryLimits()
        self._period = period

    def run(self, sql: str) -> list[ResultRow]:
        """The rows, one more than the limit where there are more; raises QueryRefusedError and QueryFailedError."""
        text = sql.strip().rstrip(";").strip()
        names = [table.name for table in self._manifest.tables]
        check_single_select(text, names)
        answer = self._ask(text)
        if why := answer.get("refused"):
            raise QueryRefusedError(why)
        if why := answer.get("failed"):
            raise QueryFailedError(why)
        return [_row(answer["columns"], values) for values in answer["rows"]]

    def _ask(self, sql: str) -> dict[str, Any]:
        asked = {
            "sql": sql,
            "tables": {table.name: str(self._evidence.path(table.digest)) for table in self._manifest.tables},
            "where": {} if self._period is None else _within(self._period, self._manifest),
            "seconds": self._limits.seconds,
            "memory": self._limits.memory,
            "rows": self._limits.rows,
        }
        try:
            ended = subprocess.run(
                [sys.executable, "-I", "-m", "audit_agent.investigating.sandbox_child"],
                input=json.dumps(asked).encode(),
                capture_output=True,
                timeout=self._limits.seconds + _GRACE_SECONDS,
                # No key or token of this process is there to be found.
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._too_long() from None
        if ended.returncode < 0:
            raise self._too_long()
        if ended.returncode != 0:
            raise QueryFailedError("The query ended its process. Ask for less at a time.")
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer

    def _too_long(self) -> QueryFailedError:
        return QueryFailedError(f"The query takes longer than {self._limits.seconds} seconds. Ask for less at a time.")


def _within(period: Period, manifest: BooksManifest) -> dict[str, str]:
    """The condition that cuts each table to a period."""
    columns = {table.name: schema_of(table.name).period_column for table in manifest.tables}
    return {
        name: f"{identifier(column)} BETWEEN DATE '{period.start}' AND DATE '{period.end}'"
        for name, column in columns.items()
        if column is not None
    }


def _row(columns: list[str], values: list[str | None]) -> ResultRow:
    return ResultRow(values={name: value for name, value in zip(columns, values, strict=True) if value is not None})


def query_runner(
    manifest: BooksManifest, evidence: Evidence, period: Period | None, limits: QueryLimits = FOR_A_STEP
) -> Callable[[str], Sequence[Mapping[str, str]]]:
    """Runs the queries of tests over frozen books, cut to the period; raises what `Sandbox.run` raises."""
    sandbox = Sandbox(manifest, evidence, limits, period)
    return lambda sql: [row.values for row in sandbox.run(sql)]
