"""Tests that are queries: their rows become exceptions of the books like any other, or are refused in words."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import StepId
from audit_agent.domain.period import Period, parse_period
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.query_test import MOST_ROWS, QueryTest
from audit_agent.domain.workpaper import Workpaper
from audit_agent.investigating.sandbox import QueryLimits, query_runner
from audit_agent.procedures.perform import MissingInputError, perform
from audit_agent.procedures.queried import QueryRowsError, query_rows
from audit_agent.store.evidence import FolderEvidence

LEDGER = """Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Amount_Currency,Entered_By
J1,2025-01-12,4000,100.00,D,EUR,ANNA
J1,2025-01-12,1000,100.00,C,EUR,ANNA
J2,2025-06-12,4000,250.10,D,EUR,BEN
J2,2025-06-12,1000,250.10,C,EUR,BEN
"""
DEBITS = "SELECT Source_File, Source_Row FROM GL_Detail WHERE Amount_Credit_Debit_Indicator = 'D'"

Perform = Callable[..., Workpaper]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> tuple[BooksManifest, FolderEvidence]:
    folder: Path = tmp_path_factory.mktemp("queries")
    (folder / "gl.csv").write_text(LEDGER, encoding="utf-8")
    evidence = FolderEvidence(folder / "evidence")
    return import_books(folder / "gl.csv", evidence)[1], evidence


@pytest.fixture
def run(frozen: tuple[BooksManifest, FolderEvidence]) -> Perform:
    manifest, evidence = frozen

    def run(sql: str, period: Period | None = None, limits: QueryLimits | None = None) -> Workpaper:
        test = QueryTest(id="Q-01", title="Debits", risk="R1", table="GL_Detail", sql=sql, means="A debit.")
        step = PlanStep(id=StepId("S01"), procedure="Q-01", title="Debits", risk="R1", why="-", query=test)
        runner = query_runner(manifest, evidence, period, limits or QueryLimits())
        with FrozenTables(manifest, evidence, period) as tables:
            return perform(step, tables, evidence, "EUR", runner)

    return run


def test_rows_of_the_query_are_exceptions_with_their_source(run: Perform) -> None:
    paper = run(DEBITS)

    assert (paper.exception_count, paper.population) == (2, 4)
    assert [(item.key, item.sources[0].row) for item in paper.top] == [
        ("GL_Detail gl.csv:2", 2),
        ("GL_Detail gl.csv:4", 4),
    ]
    assert paper.top[0].reason == "A debit."
    assert paper.parameters == {"query": DEBITS}


def test_a_query_may_group_rows_and_say_how_much_and_why(run: Perform) -> None:
    paper = run(
        "SELECT Source_File, Source_Row, Journal_ID AS exception, -Amount AS amount, 'It was BEN' AS why, Entered_By "
        "FROM GL_Detail WHERE Entered_By = 'BEN'"
    )

    (item,) = paper.top
    assert (item.key, item.amount, item.source_count) == ("J2", Decimal("250.1000"), 2)
    assert item.reason == "A debit. It was BEN. Entered_By BEN"
    assert paper.exception_amount == Decimal("250.1000")


def test_the_query_sees_the_period_and_nothing_else(run: Perform) -> None:
    assert [item.sources[0].row for item in run(DEBITS, parse_period("2025-06")).top] == [4]


def test_rows_that_the_books_do_not_hold_are_not_flagged(run: Perform) -> None:
    assert run("SELECT 'gl.csv' AS Source_File, 999 AS Source_Row FROM GL_Detail").exception_count == 0


def test_a_row_that_the_query_gives_twice_is_flagged_once(run: Perform) -> None:
    assert run(f"{DEBITS} UNION ALL {DEBITS}").exception_lines == 2


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT Journal_ID FROM GL_Detail", "without Source_File and Source_Row"),
        ("SELECT Source_File, Source_Row, Entered_By AS amount FROM GL_Detail", "'ANNA' as amount, which is no number"),
        ("SELECT Source_File, Entered_By AS Source_Row FROM GL_Detail", "'ANNA' as Source_Row"),
        ("SELECT Source_File, Source_Row, 1e400::DOUBLE AS amount FROM GL_Detail", ""),
        ("DELETE FROM GL_Detail", "Only SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", ""),
        ("SELECT Source_File, Source_Row FROM Payroll", "no table Payroll"),
        ("SELECT Source_File FROM GL_Detail; SELECT 1", "one statement"),
        ("SELECT Source_Fil FROM GL_Detail", "Source_Fil"),
    ],
)
def test_a_query_that_tests_nothing_or_does_harm_is_refused_in_words(run: Perform, sql: str, message: str) -> None:
    with pytest.raises(AuditAgentError) as caught:
        run(sql)

    assert message in str(caught.value)


def test_more_rows_than_anybody_looks_at_are_refused() -> None:
    test = QueryTest(id="Q-01", title="-", risk="R1", table="GL_Detail", sql=DEBITS, means="-")

    with pytest.raises(QueryRowsError, match="flags more than 100,000 rows"):
        query_rows(test, [{"Source_File": "gl.csv", "Source_Row": "2"}] * (MOST_ROWS + 1))


def test_without_a_place_to_run_it_nothing_is_run(frozen: tuple[BooksManifest, FolderEvidence]) -> None:
    manifest, evidence = frozen
    test = QueryTest(id="Q-01", title="-", risk="R1", table="GL_Detail", sql=DEBITS, means="-")
    step = PlanStep(id=StepId("S01"), procedure="Q-01", title="-", risk="R1", why="-", query=test)

    with FrozenTables(manifest, evidence) as tables, pytest.raises(MissingInputError, match="cannot be run"):
        perform(step, tables, evidence, "EUR")
