"""The tools of one investigation, called by name. A call that cannot be carried out is answered, never raised."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit_agent.books.tables import FrozenTables
from audit_agent.domain import investigation_tools as names
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.errors import BadInputError, NotFoundError, RefusedError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import StepId
from audit_agent.domain.investigation_paper import ResultRow, ToolCall, ToolResult
from audit_agent.domain.period import Period
from audit_agent.domain.plan import PlanStep
from audit_agent.investigating import lookups
from audit_agent.investigating.errors import ToolArgumentError
from audit_agent.investigating.library import DocumentLibrary, Page
from audit_agent.investigating.reader import MOST_ROWS, BooksReader, storable, texts
from audit_agent.investigating.sandbox import Sandbox
from audit_agent.procedures.perform import perform

_LONGEST_PAGE = 4_000
_SHORTEST_SEARCH = 3
_MOST_DIGITS = 18
_LOOKUPS = {
    names.ROWS: lookups.rows,
    names.RELATED: lookups.related,
    names.SUPPLIER: lookups.supplier,
    names.USER: lookups.user,
}


@dataclass(frozen=True)
class Given:
    """What the tools work on."""

    manifest: BooksManifest
    evidence: Evidence
    period: Period | None
    currency: str
    documents: DocumentLibrary


class Toolbox:
    """Carries out tool calls over frozen books and read documents."""

    def __init__(self, given: Given) -> None:
        self._given = given

    def use(self, ref: str, call: ToolCall) -> ToolResult:
        """The result of a call; what keeps it from being carried out is in `problem`."""
        try:
            rows, sql = self._carry_out(call)
        except (BadInputError, NotFoundError, RefusedError) as error:
            sql = call.arguments.get("sql", "") if call.tool == names.QUERY else ""
            return ToolResult(ref=ref, call=call, problem=str(error), sql=sql)
        return ToolResult(ref=ref, call=call, rows=tuple(rows[:MOST_ROWS]), more=len(rows) > MOST_ROWS, sql=sql)

    def _carry_out(self, call: ToolCall) -> tuple[list[ResultRow], str]:
        given = self._given
        if not all(storable(text) for pair in call.arguments.items() for text in pair):
            raise ToolArgumentError("An argument holds a character that no database can hold.")
        if look_up := _LOOKUPS.get(call.tool):
            with BooksReader(given.manifest, given.evidence) as reader:
                return look_up(reader, call.arguments), ""
        match call.tool:
            case names.QUERY:
                sql = call.arguments.get("sql", "")
                return Sandbox(given.manifest, given.evidence).run(sql), sql
            case names.PROCEDURE:
                return self._procedure(call.arguments)
            case names.SEARCH:
                return self._search(call.arguments.get("text", "").strip()), ""
            case names.PAGE:
                return [self._page(call.arguments)], ""
        raise ToolArgumentError(f"There is no tool {call.tool!r}.")

    def _procedure(self, arguments: Mapping[str, str]) -> tuple[list[ResultRow], str]:
        parameters = {name: value for name, value in arguments.items() if name != "procedure"}
        step = PlanStep(
            id=StepId("S00"),
            procedure=arguments.get("procedure", ""),
            title="Run by an investigation",
            risk="-",
            why="-",
            parameters=parameters,
        )
        given = self._given
        with FrozenTables(given.manifest, given.evidence, given.period) as tables:
            paper = perform(step, tables, given.evidence, given.currency)
        told = {"conclusion": paper.conclusion, "exceptions": f"{paper.exception_count}"}
        listed = [
            ResultRow(values=texts({"key": item.key, "reason": item.reason, "amount": item.amount} | item.facts))
            for item in paper.top
        ]
        return [ResultRow(values=told), *listed], paper.sql

    def _search(self, text: str) -> list[ResultRow]:
        if len(text) < _SHORTEST_SEARCH:
            raise ToolArgumentError(f"Search for at least {_SHORTEST_SEARCH} characters.")
        return [_shown(page) for page in self._given.documents.search(text, MOST_ROWS + 1)]

    def _page(self, arguments: Mapping[str, str]) -> ResultRow:
        document, page = (arguments.get(name, default) for name, default in (("document", ""), ("page", "1")))
        if not (document.isdecimal() and page.isdecimal() and len(document + page) <= _MOST_DIGITS):
            raise ToolArgumentError("Give the document's number, and the page as a number.")
        found = self._given.documents.page(int(document), int(page))
        if found is None:
            raise ToolArgumentError(f"There is no page {page} of a document {document}.")
        return _shown(found)


def _shown(page: Page) -> ResultRow:
    values = {"name": page.name, "page": str(page.page), "text": page.text[:_LONGEST_PAGE]}
    return ResultRow(cite=f"D{page.document}:p{page.page}", values=values)
