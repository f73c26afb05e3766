"""What people and planners are told about books."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit_agent.books.check import check_books, write_mapping
from audit_agent.books.errors import EmptyPeriodError, MappingFileError, NothingRecognisedError
from audit_agent.books.importing import import_books
from audit_agent.books.mapping import load_mapping
from audit_agent.books.profile import profile
from audit_agent.cli.books import app
from audit_agent.domain.period import parse_period
from audit_agent.store.evidence import FolderEvidence

LEDGER = """Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Currency,Entered_By,Text
J1,2025-01-31,1000,150.00,D,EUR,jdoe,Secret deal with Muster
J1,2025-01-31,4000,150.00,C,EUR,jdoe,Secret deal with Muster
J2,2025-02-28,4000,30.00,D,EUR,asmith,
J2,2025-02-28,1000,30.00,C,EUR,asmith,
J3,2025-03-01,1000,7.00,D,USD,asmith,
J3,2025-03-01,4000,7.00,C,USD,asmith,
"""
CHART = "Account,Account Name,Type\n1000,Cash,Asset\n4000,Sales,Revenue\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    books = tmp_path / "books"
    books.mkdir()
    (books / "journal_entries.csv").write_text(LEDGER)
    (books / "chart_of_accounts.csv").write_text(CHART)
    return books


def test_measures_come_from_the_account_types_in_the_main_currency(folder: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(folder, evidence)

    result = profile(manifest, evidence)

    assert result.currency == "EUR"
    assert result.measures == {"total_debits": Decimal(180), "revenue": Decimal(120), "assets": Decimal(120)}


def test_a_profile_speaks_of_the_period_only(folder: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(folder, evidence)

    table = profile(manifest, evidence, parse_period("2025-02")).table("GL_Detail")

    assert table is not None
    assert (table.rows, table.first_date, table.last_date, table.debits) == (2, *[date(2025, 2, 28)] * 2, Decimal(30))
    assert "JE_Line_Description" in table.empty_columns
    assert table.distinct["Entered_By"] == 1


def test_samples_are_few_and_show_no_names_or_texts(folder: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(folder, evidence)

    table = profile(manifest, evidence).table("GL_Detail")

    assert table is not None
    assert len(table.sample) == 5
    assert table.sample[0]["Entered_By"] == "xxxx"
    assert table.sample[0]["JE_Line_Description"] == "Xxxxxx xxxx xxxx Xxxxxx"
    assert table.sample[0]["GL_Account_Number"] == "1000"


def test_a_period_without_rows_names_the_dates_there_are(folder: Path, evidence: FolderEvidence) -> None:
    _, manifest = import_books(folder, evidence)

    with pytest.raises(EmptyPeriodError, match="from 2025-01-31 to 2025-03-01"):
        profile(manifest, evidence, parse_period("2024"))


def test_a_check_shows_mapping_confidence_and_what_is_left_out(folder: Path) -> None:
    (folder / "journal_entries.csv").write_text(LEDGER.replace("Text", "Text,Colour").replace("deal", "deal,x"))

    check = check_books(folder)

    ledger = next(item for item in check.files if item.file.table == "GL_Detail")
    matched = {column.field: (column.column, column.confidence) for column in ledger.columns}
    assert matched["Amount"] == ("Amount", 100)
    assert matched["Amount_Currency"] == ("Currency", 95)
    assert ledger.unmapped == ("Colour",)


def test_a_written_mapping_gives_the_same_books(folder: Path, evidence: FolderEvidence) -> None:
    before, _ = import_books(folder, evidence)

    written = write_mapping(check_books(folder), folder)

    after, _ = import_books(folder, evidence)
    assert (load_mapping(written).files["chart_of_accounts.csv"].table, after) == ("Chart_Of_Accounts", before)
    with pytest.raises(MappingFileError, match="already"):
        write_mapping(check_books(folder), folder)


def test_the_command_shows_tables_mapping_and_rejects(folder: Path) -> None:
    with (folder / "journal_entries.csv").open("a") as file:
        file.write("J4,2025-13-01,1000,1.00,D,EUR,[bold]x,\n")

    shown = CliRunner().invoke(app, ["check", str(folder)], env={"COLUMNS": "160"})

    assert shown.exit_code == 0
    assert "journal_entries.csv is GL_Detail" in shown.output
    assert "rows: 7 in the file = 6 imported + 1 refused" in shown.output
    assert "2025-13-01" in shown.output


def test_the_command_prints_json(folder: Path) -> None:
    shown = CliRunner().invoke(app, ["check", str(folder), "--json"])

    assert {item["file"]["table"] for item in json.loads(shown.stdout)["files"]} == {"GL_Detail", "Chart_Of_Accounts"}


def test_the_command_takes_and_writes_mapping_files(folder: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "other.yaml"
    mapping.write_text("files: {chart_of_accounts.csv: {ignore: true}}")

    shown = CliRunner().invoke(app, ["check", str(folder), "--mapping", str(mapping), "--write-mapping"])

    assert shown.exit_code == 0
    assert load_mapping(folder / "mapping.yaml").files["chart_of_accounts.csv"].ignore


def test_the_command_raises_what_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")

    shown = CliRunner().invoke(app, ["check", str(tmp_path)])

    assert isinstance(shown.exception, NothingRecognisedError)
    assert shown.exception.exit_code == 2
