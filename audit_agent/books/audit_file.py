"""What the readers of national audit files share: rows by table, and the control totals a file states."""

from collections.abc import Mapping

from audit_agent.books.mapping import CREDIT, DEBIT
from audit_agent.books.schema import schema_of
from audit_agent.books.source import Layout
from audit_agent.books.stated import Stated, Sums
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_stream import Scope
from audit_agent.books.xml_tables import RowWriter, XmlFile, XmlTable


class AuditFileReader:
    """Writes rows to tables as they come and counts on the way.

    `columns` says for each table which canonical field is in which column.
    """

    def __init__(self, bench: Workbench, columns: Mapping[str, Mapping[str, str]]) -> None:
        self._bench = bench
        self._columns = columns
        self._writers: dict[str, RowWriter] = {}
        self._sums: dict[str, Sums] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self.remarks: dict[str, list[str]] = {}
        """What a person should know of a table."""

    def write(self, table: str, line: int, values: Mapping[str, str]) -> None:
        """A row of a table, from the element that starts in this line."""
        writer = self._writers.get(table)
        if writer is None:
            path = self._bench.folder / self._bench.fresh_name("xml")
            writer = self._writers[table] = RowWriter(path, tuple(dict.fromkeys(self._columns[table].values())))
        writer.add(line, values)

    def count(self, section: str, noun: str) -> None:
        """One more of what a section may mean by an entry; the noun in the plural."""
        counts = self._counts.setdefault(section, {})
        counts[noun] = counts.get(noun, 0) + 1

    def sums(self, section: str) -> Sums:
        """Debits and credits of a section so far."""
        return self._sums.setdefault(section, Sums())

    def compare(self, stated: Stated, scope: Scope, *tables: str) -> None:
        """Tell with each of these tables whether a section holds what it states."""
        remark = stated.against(scope, self.sums(scope.path), self._counts.get(scope.path, {}))
        for table in tables:
            self.remarks.setdefault(table, []).append(remark)

    def finished(
        self, file: XmlFile, format_name: str, currency: str, with_currency: frozenset[str]
    ) -> tuple[XmlTable, ...]:
        """Every table that has rows; those with amounts in the file's own currency say so."""
        tables = []
        for name, written in self._writers.items():
            written.close()
            constants = {"Amount_Currency": currency} if currency and name in with_currency else {}
            needed = {*schema_of(name).required, DEBIT, CREDIT}
            columns = {
                field: column
                for field, column in self._columns[name].items()
                if field in needed or column in written.filled
            }
            layout = Layout(format_name, name, columns, constants, decimal=".")
            tables.append(XmlTable(file, layout, written, tuple(self.remarks.get(name, ()))))
        return tuple(tables)
