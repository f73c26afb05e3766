"""Whether what a conclusion cites exists, and holds the figures it states."""

from collections.abc import Iterable, Mapping

from audit_agent.domain.citation import ExceptionCited, PageCited, ResultCited, RowCited, read_citation
from audit_agent.domain.investigation import Conclusion, Judgement, Lead
from audit_agent.domain.investigation_paper import ToolResult
from audit_agent.domain.investigation_tools import QUERY
from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.investigating.library import DocumentLibrary
from audit_agent.investigating.reader import BooksReader, storable
from audit_agent.investigating.single_select import stated_values
from audit_agent.llm.figures import Account


class Citations:
    """Everything an investigation may cite."""

    def __init__(
        self,
        lead: Lead,
        exceptions: Iterable[ExceptionItem],
        results: Iterable[ToolResult],
        reader: BooksReader,
        documents: DocumentLibrary,
    ) -> None:
        self._lead = lead
        self._exceptions = {item.ref: item for item in exceptions}
        self._results = {result.ref: result for result in results}
        self._reader = reader
        self._documents = documents

    def problems(self, conclusion: Conclusion) -> tuple[str, ...]:
        """What is wrong with a conclusion, in words; empty when every statement stands on what it cites."""
        problems: list[str] = []
        for number, statement in enumerate(conclusion.statements, 1):
            cited: list[str] = [self._lead.title, *self._lead.exceptions]
            if not statement.citations and conclusion.judgement is not Judgement.UNDETERMINED:
                problems.append(f"Statement {number} cites nothing.")
            for citation in statement.citations:
                found = self._texts(citation, conclusion.judgement)
                if found is None:
                    problems.append(f"Statement {number} cites {citation}, which does not exist.")
                else:
                    cited += found
            stray = Account([*cited, *statement.citations]).unaccounted(statement.text, {})
            problems += (f"Statement {number} states {figure!r}, which is not in what it cites." for figure in stray)
        unknown = [ref for ref in conclusion.explained if ref not in self._lead.exceptions]
        problems += (f"{ref} is no exception of this lead." for ref in unknown)
        return tuple(problems)

    def _texts(self, citation: str, judgement: Judgement) -> list[str] | None:
        """What stands where a citation points to; None where nothing is."""
        match read_citation(citation) if storable(citation) else None:
            case ExceptionCited(ref=ref) if ref in self._exceptions:
                item = self._exceptions[ref]
                return [
                    item.key,
                    item.reason,
                    str(item.amount),
                    str(item.day),
                    str(item.source_count),
                    *_said(item.facts),
                ]
            case ResultCited(ref=ref, row=row) if ref in self._results:
                return _rows_of(self._results[ref], row, judgement)
            case RowCited(table=table, file=file, row=row):
                return self._row(table, file, row)
            case PageCited(number=number, page=page):
                found = self._documents.page(number, page or 1)
                return None if found is None else [found.text]
        return None

    def _row(self, table: str, file: str, row: int) -> list[str] | None:
        if not self._reader.has(table):
            return None
        found = self._reader.rows(table, "Source_File = ? AND Source_Row = ?", [file, row], most=1)
        return _said(found[0].values) if found else None


def _rows_of(result: ToolResult, number: int | None, judgement: Judgement) -> list[str] | None:
    """The texts of a result: how many rows it has counts as being in it. A call that failed shows nothing.

    What was asked for is no evidence by itself. It may be named where rows were found, or where the statement is that
    there are none; nothing is explained by what is not there. What a query itself puts into its rows does not count.
    """
    if result.problem:
        return None
    if number is None:
        rows, counted = result.rows, [str(len(result.rows))]
    elif 1 <= number <= len(result.rows):
        rows, counted = (result.rows[number - 1],), []
    else:
        return None
    said = [text for row in rows for text in _said(row.values)]
    if result.call.tool == QUERY:
        own = stated_values(result.sql)
        return [*counted, *(text for text in said if text not in own)]
    asked = list(result.call.arguments.values()) if rows or judgement is not Judgement.EXPLAINED else []
    return [*counted, *asked, *said]


def _said(values: Mapping[str, str]) -> list[str]:
    return [text for name, value in values.items() for text in (name, value)]
