"""What a conclusion may rest on: rows of the books, and not what somebody asked or a query made up."""

from collections.abc import Iterator

import pytest

from audit_agent.domain.investigation import Conclusion, Judgement, Lead, Statement
from audit_agent.domain.investigation_paper import ResultRow, ToolCall, ToolResult
from audit_agent.investigating.citations import Citations
from audit_agent.investigating.leads import leads_of
from audit_agent.investigating.library import NoDocuments
from audit_agent.investigating.reader import BooksReader
from tests.integration.investigating.conftest import Frozen
from tests.integration.investigating.test_scripts_on_samples import LIMITS

MADE_UP = "SELECT 99887766.55 AS repaid, DATE '2025-12-24' AS repaid_on"
RESULTS = (
    ToolResult(
        ref="T01",
        call=ToolCall(tool="query", arguments={"sql": MADE_UP}),
        rows=(ResultRow(values={"repaid": "99887766.55", "repaid_on": "2025-12-24"}),),
        sql=MADE_UP,
    ),
    ToolResult(
        ref="T02",
        call=ToolCall(tool="rows", arguments={"table": "Invoices_Received", "Invoice_Number": "CN-4711"}),
    ),
    ToolResult(
        ref="T03",
        call=ToolCall(tool="query", arguments={"sql": "garbage credit note CN-4711 of 1,234.00"}),
        problem="The query cannot be read.",
    ),
    ToolResult(
        ref="T04",
        call=ToolCall(tool="query", arguments={"sql": "SELECT sum(Amount) AS total FROM GL_Detail"}),
        rows=(ResultRow(values={"total": "424242.42"}),),
        sql="SELECT sum(Amount) AS total FROM GL_Detail",
    ),
)


@pytest.fixture
def lead(frozen: Frozen) -> Lead:
    return leads_of(frozen.papers["P2P-01"], "", LIMITS)[0]


@pytest.fixture
def citations(frozen: Frozen, lead: Lead) -> Iterator[Citations]:
    with BooksReader(frozen.manifest, frozen.evidence) as reader:
        yield Citations(lead, frozen.papers["P2P-01"].top, RESULTS, reader, NoDocuments())


def problems(citations: Citations, text: str, cited: str, judgement: Judgement) -> tuple[str, ...]:
    statement = Statement(text=text, citations=(cited,))
    return citations.problems(Conclusion(judgement=judgement, statements=(statement,), explained=(), by="m"))


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        pytest.param("The supplier repaid 99,887,766.55.", "T01", id="a value the query made up"),
        pytest.param("It was repaid on 2025-12-24.", "T01:1", id="a date the query made up"),
        pytest.param("Credit note CN-4711 reverses it.", "T02", id="a look-up that found nothing"),
        pytest.param("It was credited.", "T03", id="a call that failed"),
        pytest.param("It was credited.", "T" + "9" * 5_000, id="a number beyond all bounds"),
        pytest.param("It was credited.", "Invoices_Received:\ud800:2", id="half a character"),
        pytest.param("It was credited.", "Invoices_Received:x.csv:" + "9" * 60, id="a row beyond all bounds"),
    ],
)
def test_nothing_is_explained_by_what_the_books_do_not_hold(citations: Citations, text: str, cited: str) -> None:
    assert problems(citations, text, cited, Judgement.EXPLAINED)


def test_what_was_not_found_may_be_named_where_nothing_is_explained(citations: Citations) -> None:
    assert not problems(citations, "There is no credit note CN-4711.", "T02", Judgement.CONFIRMED)


def test_what_a_query_computes_of_the_books_may_be_stated(citations: Citations) -> None:
    assert not problems(citations, "All lines sum to 424,242.42.", "T04", Judgement.EXPLAINED)
