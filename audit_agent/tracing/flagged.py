"""Exceptions as they lie in evidence: found by reference, counted and summed again, with the canonical rows behind."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from audit_agent.books.workbench import file_literal
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest
from audit_agent.investigating.reader import BooksReader
from audit_agent.procedures.flagging import DISMISSAL
from audit_agent.tracing.chain import TracedException, TracedRow

_NOT_THESE = "exception_ref NOT IN (SELECT unnest(?::VARCHAR[]))"


class Sums(NamedTuple):
    """How many exceptions, how many rows behind them, and their amounts by currency."""

    exceptions: int
    lines: int
    amounts: dict[str, Decimal]


class FlaggedRows:
    """One blob of exceptions, read where it lies."""

    def __init__(self, blob: Digest, evidence: Evidence, reader: BooksReader) -> None:
        self._reader = reader
        self._view = f"read_parquet({file_literal(evidence.path(blob))})"

    def sums(self, without: Collection[str] = (), only: str = "", rule: str = "") -> Sums:
        """Add up again: all exceptions but those of some refs, or only those of one, or of one dismissal rule."""
        where: str = _NOT_THESE
        given: list[Any] = [list(without)]
        if only:
            where, given = "exception_ref = ?", [only]
        elif rule:
            where, given = f"{DISMISSAL} = ?", [rule]
        _, found = self._reader.run(
            f"SELECT count(DISTINCT exception_ref), count(*) FROM {self._view} WHERE {where}",
            given,
        )
        _, amounts = self._reader.run(
            "SELECT currency, sum(amount) FROM (SELECT exception_ref, any_value(exception_currency) AS currency, "
            f"any_value(exception_amount) AS amount FROM {self._view} WHERE {where} GROUP BY exception_ref) "
            "WHERE amount IS NOT NULL GROUP BY currency",
            given,
        )
        return Sums(found[0][0], found[0][1], {currency: amount for currency, amount in amounts})

    def exceptions(self, refs: Collection[str], rows: int) -> tuple[TracedException, ...]:
        """These exceptions, each with at most `rows` of the rows behind it; those that are unknown are left out."""
        dismissal = DISMISSAL if self._has(DISMISSAL) else "NULL"
        _, found = self._reader.run(
            "SELECT exception_ref, any_value(exception_key), any_value(exception_reason), any_value(exception_amount), "
            f"any_value(exception_currency), any_value({dismissal}), count(*) FROM {self._view} "
            "WHERE exception_ref IN (SELECT unnest(?::VARCHAR[])) GROUP BY exception_ref ORDER BY exception_ref",
            [list(refs)],
        )
        return tuple(
            TracedException(
                ref=ref,
                key=key,
                reason=reason,
                amount=amount,
                currency=currency or "",
                rule=rule or "",
                source_count=number,
                rows=self._rows(ref, rows),
            )
            for ref, key, reason, amount, currency, rule, number in found
        )

    def refs(self, without: Collection[str], most: int) -> list[str]:
        """The first refs of the blob, in its order."""
        _, found = self._reader.run(
            f"SELECT DISTINCT exception_ref FROM {self._view} WHERE {_NOT_THESE} ORDER BY exception_ref LIMIT {most}",
            [list(without)],
        )
        return [ref for (ref,) in found]

    def _has(self, column: str) -> bool:
        _, found = self._reader.run(f"DESCRIBE SELECT * FROM {self._view}")
        return any(name == column for name, *_ in found)

    def _rows(self, ref: str, most: int) -> tuple[TracedRow, ...]:
        _, places = self._reader.run(
            f"SELECT Source_Table, Source_File, Source_File_SHA256, Source_Row FROM {self._view} "
            f"WHERE exception_ref = ? ORDER BY exception_part, Source_Table, Source_File, Source_Row LIMIT {most}",
            [ref],
        )
        return tuple(self._row(*place) for place in places)

    def _row(self, table: str, file: str, sha256: Digest, row: int) -> TracedRow:
        values: dict[str, str] = {}
        if self._reader.has(table):
            where = "Source_File = ? AND Source_File_SHA256 = ? AND Source_Row = ?"
            found = self._reader.rows(table, where, (file, sha256, row), most=1)
            values = found[0].values if found else {}
        return TracedRow(table=table, file=file, sha256=sha256, row=row, values=values)
