"""What holds for every procedure: its SQL re-performs it, its bytes repeat, and its inputs are checked."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_agent.books.tables import MemoryTables
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import VOUCHING, PlanStep
from audit_agent.domain.record import canonical_json
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import MissingInputError, perform
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.evidence import FolderEvidence

PROCEDURES = tuple(meta.id for meta in REGISTRY.procedures() if meta.id != VOUCHING)
FLAGGING = {
    "JE-04": {},
    "JE-07": {"close_days": "5"},
    "JE-10": {"unlisted": "yes"},
    "JE-11": {"pair_percent": "50"},
    "JE-15": {"minimum_count": "1", "list_digits": "2"},
}
"""Parameters under which the books below hold exceptions, where the defaults are not enough."""


def _line(id_: str, number: int, account: str, amount: str, **columns: Any) -> dict[str, Any]:
    common = {"Effective_Date": "2025-03-08", "Entered_Date": "2025-03-08", "Entered_Time": "23:30:00", "Source": "MAN"}
    side = "C" if amount.startswith("-") else "D"
    figures = {
        "Amount": amount.removeprefix("-"),
        "Amount_Credit_Debit_Indicator": side,
        "Journal_ID_Line_Number": number,
    }
    return common | {"Journal_ID": id_, "GL_Account_Number": account, "Entered_By": "ANNA"} | figures | columns


@pytest.fixture(scope="module")
def books() -> Iterator[MemoryTables]:
    """Books in which every procedure finds something."""
    invoice = {"Supplier_Account_ID": "V1", "Invoice_Number": "42", "Invoice_Date": "2025-03-12", "PO_ID": "PO1"}
    rows = {
        "GL_Detail": [
            _line("1", 1, "4000", "5000.00"),
            _line("1", 2, "1000", "-5000.00"),
            _line("2", 1, "4000", "5000.00"),
            _line("2", 2, "3000", "-4999.99", Amount_Currency="USD"),
            _line("4", 1, "4000", "77.77", Entered_Date="2025-05-20", Amount_Currency="EUR"),
            _line("4", 2, "2000", "-77.77", Entered_By="BEN", Entered_Date="2025-05-20", Amount_Currency="EUR"),
        ],
        "Journal_Log": [{"Journal_ID": "1", "Amount_Credit_Debit_Indicator": "D", "Total": "5000.01"}],
        "User_Listing": [{"User_ID": "ANNA", "Title": "Clerk"}],
        "Chart_Of_Accounts": [{"GL_Account_Number": "3000", "GL_Account_Name": "Equity"}],
        "Holidays": [{"Holiday_Date": "2025-05-20", "Name": "Fair"}],
        "Invoices_Received": [
            invoice | {"Invoice_ID": "I1", "Invoice_Amount": "900.00"},
            invoice | {"Invoice_ID": "I2", "Invoice_Amount": "900.00"},
        ],
        "Purchase_Orders": [{"PO_ID": "PO1", "PO_Line": "1", "Quantity": "10", "Unit_Price": "100"}],
        "Goods_Received": [{"Receipt_ID": "R1", "PO_ID": "PO1", "PO_Line": "1", "Quantity": "9.5"}],
    }
    with MemoryTables(rows) as tables:
        yield tables


def _step(procedure: str, **parameters: str) -> PlanStep:
    return PlanStep(
        id=StepId("S03"), procedure=procedure, title="A step", risk="R1", why="A test.", parameters=parameters
    )


@pytest.fixture(scope="module", params=PROCEDURES)
def performed(request: pytest.FixtureRequest, books: MemoryTables, blobs: FolderEvidence) -> Workpaper:
    """Each procedure's workpaper over those books."""
    return perform(_step(request.param, **FLAGGING.get(request.param, {})), books, blobs, "USD")


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderEvidence:
    """Evidence that all workpapers of this module share."""
    return FolderEvidence(tmp_path_factory.mktemp("evidence"))


def test_the_sql_of_the_workpaper_gives_the_stored_exceptions(
    performed: Workpaper, books: MemoryTables, blobs: FolderEvidence
) -> None:
    stored = pq.read_table(blobs.path(performed.exceptions)).drop_columns(["exception_ref", "exception_reason"])

    with duckdb.connect() as connection:
        for need in REGISTRY.get(performed.procedure).inputs:
            connection.register(need.table, _canonical(books.table(need.table).to_pyarrow()))
        again = connection.sql(performed.sql).to_arrow_table()

    assert stored.num_rows == performed.exception_lines > 0
    assert again.to_pylist() == stored.to_pylist()


def _canonical(table: pa.Table) -> pa.Table:
    """Times as the books freeze them; Ibis hands them out in nanoseconds, another type to DuckDB."""
    fields = [field.with_type(pa.time64("us")) if pa.types.is_time(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields))


def test_the_same_books_and_parameters_give_the_same_bytes(
    performed: Workpaper, books: MemoryTables, evidence: FolderEvidence
) -> None:
    again = perform(_step(performed.procedure, **performed.parameters), books, evidence, "USD")

    assert canonical_json(again) == canonical_json(performed)


def test_exceptions_are_numbered_by_score_then_key_and_name_their_sources(performed: Workpaper) -> None:
    top = performed.top

    assert [item.ref for item in top] == [f"S03-E{number:05d}" for number in range(1, len(top) + 1)]
    assert [item.key for item in top] == [item.key for item in sorted(top, key=lambda item: (-item.score, item.key))]
    assert all(0 < item.score <= 1 and len(item.sources) == item.source_count for item in top)


def test_a_missing_table_is_named_with_what_to_do(evidence: FolderEvidence) -> None:
    with (
        MemoryTables({"GL_Detail": [_line("1", 1, "4000", "1.00")]}) as tables,
        pytest.raises(MissingInputError, match=r"needs the table Journal_Log.*books check"),
    ):
        perform(_step("JE-04"), tables, evidence, "USD")


def test_a_column_without_values_is_named(evidence: FolderEvidence) -> None:
    lines = [_line("1", 1, "4000", "1.00", Entered_Time=None)]

    with (
        MemoryTables({"GL_Detail": lines}) as tables,
        pytest.raises(MissingInputError, match=r"values in GL_Detail\.Entered_Time"),
    ):
        perform(_step("JE-06"), tables, evidence, "USD")


def test_a_workpaper_names_fifty_exceptions_and_fifty_sources_but_counts_all(evidence: FolderEvidence) -> None:
    lines = [_line(f"{n}", 1, "4000", "1.01") for n in range(60)]
    lines += [_line("many", n, "4000", "2.02") for n in range(70)]

    with MemoryTables({"GL_Detail": lines}) as tables:
        paper = perform(_step("JE-05", batch_share="0"), tables, evidence, "USD")

    assert (paper.exception_count, paper.exception_lines, len(paper.top)) == (61, 130, 50)
    assert (paper.top[0].source_count, len(paper.top[0].sources)) == (70, 50)


def test_exposures_in_other_currencies_are_told_apart(evidence: FolderEvidence) -> None:
    lines = [_line("1", 1, "4000", "5.00"), _line("2", 1, "4000", "7.00", Amount_Currency="EUR")]

    with MemoryTables({"GL_Detail": lines}) as tables:
        paper = perform(_step("JE-05"), tables, evidence, "USD")

    assert (paper.exception_amount, paper.currency) == (Decimal(5), "USD")
    assert paper.statistics["Amounts in other currencies, not in the exposure"] == "7.0000 EUR in 1 exception"
