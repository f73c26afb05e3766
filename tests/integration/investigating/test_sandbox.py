"""What a model may ask in SQL, and what it may not: both lines of defence, each by itself."""

import json
from typing import Any

import pytest

from audit_agent.domain.investigation_paper import ToolCall
from audit_agent.investigating.errors import QueryFailedError, QueryRefusedError
from audit_agent.investigating.library import NoDocuments
from audit_agent.investigating.sandbox import QueryLimits, Sandbox
from audit_agent.investigating.single_select import check_single_select
from audit_agent.investigating.toolbox import Given, Toolbox
from tests.integration.investigating.conftest import Frozen

ATTACKS = (
    "COPY GL_Detail TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "ATTACH '/tmp/other.db'",
    "DETACH memory",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "RESET ALL",
    "INSTALL httpfs",
    "LOAD httpfs",
    "EXPORT DATABASE '/tmp/all'",
    "CALL pragma_version()",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW GL_Detail",
    "DROP VIEW GL_Detail",
    "CREATE TABLE mine AS SELECT 1",
    "INSERT INTO GL_Detail SELECT * FROM GL_Detail",
    "UPDATE GL_Detail SET Amount = 0",
    "DELETE FROM GL_Detail",
    "WITH gone AS (DELETE FROM GL_Detail RETURNING *) SELECT * FROM gone",
    "SELECT * INTO mine FROM GL_Detail",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DESCRIBE GL_Detail",
    "EXPLAIN ANALYZE SELECT 1",
    "VALUES (1)",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('GL_Detail')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM sqlite_master",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT 1 WHERE EXISTS (FROM read_text('/etc/passwd'))",
    "SELECT getenv('HOME')",
    "SELECT current_setting('allowed_paths')",
    "SELECT write_log('x')",
    "SELECT nextval('x')",
    "SELECT * FROM GL_Detail WHERE Amount > ?",
    "SELECT name, sql FROM sqlite_master, (WITH sqlite_master AS (SELECT 1) SELECT 1) x",
    f"SELECT {'(' * 300}1{')' * 300}",
    "not a query at all",
    "",
)
TABLES = ("GL_Detail", "Invoices_Received")


@pytest.mark.parametrize("sql", ATTACKS)
def test_what_is_no_select_over_the_tables_is_refused_before_it_runs(sql: str) -> None:
    with pytest.raises(QueryRefusedError):
        check_single_select(sql, TABLES)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM GL_Detail",
        "select * from gl_detail order by Amount desc limit 3 -- the largest",
        "WITH a AS (SELECT Entered_By, count(*) AS n FROM GL_Detail GROUP BY 1) SELECT * FROM a WHERE n > 5",
        "SELECT a.Invoice_ID FROM Invoices_Received a JOIN Invoices_Received b USING (Supplier_Account_ID)",
        "SELECT strftime(Effective_Date, '%Y-%m') AS month, sum(Amount) FROM GL_Detail GROUP BY ALL",
        "SELECT 1 UNION ALL SELECT 2",
        "SELECT Amount FROM GL_Detail QUALIFY row_number() OVER (ORDER BY Amount DESC) = 1",
    ],
)
def test_what_auditors_ask_is_let_through(sql: str) -> None:
    check_single_select(sql, TABLES)


class Unchecked(Sandbox):
    """Without the first line, to see what the second one holds."""

    def run_unchecked(self, sql: str) -> dict[str, Any]:
        return self._ask(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/other.db'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SET lock_configuration = false",
        "SELECT 1; SELECT 2",
    ],
)
def test_the_locked_process_refuses_by_itself(frozen: Frozen, sql: str) -> None:
    answer = Unchecked(frozen.manifest, frozen.evidence).run_unchecked(sql)

    assert set(answer) <= {"refused", "failed"}, json.dumps(answer)


def test_a_query_gives_rows_and_no_more_than_the_limit(frozen: Frozen) -> None:
    sandbox = Sandbox(frozen.manifest, frozen.evidence, QueryLimits(rows=3))

    rows = sandbox.run("SELECT Journal_ID FROM GL_Detail ORDER BY Journal_ID;")

    assert len(rows) == 4, "one more than the limit says that there are more"
    assert all(row.values["Journal_ID"] for row in rows)


@pytest.mark.parametrize(
    "sql",
    ["SELECT count(*) FROM GL_Detail a, GL_Detail b, GL_Detail c", "SELECT list(range(1000000000)) AS much"],
)
def test_what_takes_too_long_or_too_much_is_killed(frozen: Frozen, sql: str) -> None:
    with pytest.raises(QueryFailedError):
        Sandbox(frozen.manifest, frozen.evidence, QueryLimits(seconds=1, memory="64MiB")).run(sql)


def test_a_refused_query_is_an_answer_that_keeps_the_sql(frozen: Frozen) -> None:
    given = Given(frozen.manifest, frozen.evidence, None, "EUR", NoDocuments())

    result = Toolbox(given).use("T01", ToolCall(tool="query", arguments={"sql": "DROP VIEW GL_Detail"}))

    assert ("Only SELECT" in result.problem, result.sql) == (True, "DROP VIEW GL_Detail")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("open_document", {"document": "9" * 5_000}),
        ("rows", {"table": "Invoices_Received", "Invoice_Number": "\ud800"}),
        ("rows", {"table": "Invoices_Received", "Invoice_Amount": "much"}),
        ("query", {"sql": f"SELECT {'(' * 300}1{')' * 300}"}),
        ("query", {"sql": "SELECT Invoice_Amount, Invoice_Amount FROM Invoices_Received"}),
    ],
)
def test_whatever_a_model_asks_is_answered_and_never_raised(
    frozen: Frozen, tool: str, arguments: dict[str, str]
) -> None:
    given = Given(frozen.manifest, frozen.evidence, None, "EUR", NoDocuments())

    assert Toolbox(given).use("T01", ToolCall(tool=tool, arguments=arguments)).problem
