"""Samples from plan to projection, on the command line."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_agent.books.survey import file_digest
from audit_agent.cli.main import run

LEDGER = """Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Amount_Currency
J1,2025-01-05,1200,900.00,D,EUR
J1,2025-01-05,4000,900.00,C,EUR
J2,2025-02-05,1200,40.00,D,EUR
J2,2025-02-05,4000,40.00,C,EUR
J3,2025-02-06,1200,60.50,D,USD
J3,2025-02-06,4000,60.50,C,USD
"""


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == 0, capsys.readouterr().err
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 2
    return capsys.readouterr().err


def _items(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _audit(chosen: Path, audited: Path, wrong: dict[str, str]) -> None:
    """Fill in the audited values of chosen items: as in the books, but for those of these source rows."""
    rows = _items(chosen)
    for row in rows:
        row["Audited_Value"] = wrong.get(row["Source_Row"], row["Book_Value"])
    with audited.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    file = tmp_path / "stock.csv"
    rows = "".join(f"S{number},{number * 7 % 90 + 10}.50\n" for number in range(200))
    file.write_text(f"Item,Value\nS-big,5000\n{rows}", encoding="utf-8")
    return file


def test_sizes_name_their_formula_and_standard(capsys: pytest.CaptureFixture[str]) -> None:
    attributes = _json(capsys, "sample-size", "--tolerable", "5%", "--confidence", "95")
    money = _json(capsys, "sample-size", "--book-value", "1000000", "--tolerable", "5%", "--expected", "5000")

    assert (attributes["size"], money["size"], money["interval"]) == (59, 74, "13513.51")
    assert (attributes["tolerable_percent"], money["tolerable"], money["expected"]) == ("5", "50000", "5000")
    assert "P(X <= k)" in attributes["formula"]
    assert "ISA 530.7" in attributes["standard"]
    assert "table C-1" in money["standard"]
    assert (attributes["catalogue"], money["catalogue"]) == ("SMP-02", "SMP-01")


def test_a_selection_of_books_has_source_rows_and_can_be_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = tmp_path / "gl.csv"
    books.write_text(LEDGER, encoding="utf-8")
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    given = ["select", "--books", str(books), "--table", "GL_Detail", "--amount", "Amount", "--interval", "500"]
    given += ["--where", "Amount_Currency=EUR", "--where", "Amount_Credit_Debit_Indicator=D"]

    record = _json(capsys, *given, "-o", str(one))
    again = _json(capsys, *given, "--seed", str(record["seed"]), "-o", str(two))

    top = _items(one)[0]
    assert (top["Stratum"], top["Book_Value"], top["Source_File"], top["Source_Row"]) == (
        "top",
        "900.00",
        "gl.csv",
        "2",
    )
    assert (record["items"], record["value"], record["top_value"]) == (2, "940.00", "900.00")
    assert record["sources"] == {"gl.csv": file_digest(books)}
    assert json.loads((tmp_path / "one.json").read_text(encoding="utf-8")) == record
    assert two.read_bytes() == one.read_bytes()
    assert again["start"] == record["start"]


def test_text_that_a_spreadsheet_would_run_is_marked_and_numbers_are_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, chosen = tmp_path / "items.csv", tmp_path / "chosen.csv"
    file.write_text("Item,Value,Change\n=1+1,10,-2.50\n-cmd,10,+3\nplain,10,7\n", encoding="utf-8")

    _json(capsys, "select", "--file", str(file), "--amount", "Value", "--interval", "10", "-o", str(chosen))

    assert [row["Item"] for row in _items(chosen)] == ["'=1+1", "'-cmd", "plain"]
    assert [row["Change"] for row in _items(chosen)] == ["-2.50", "+3", "7"]


def test_a_parquet_file_gives_the_same_items_as_csv(
    stock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _items(stock)
    table = {"Item": [row["Item"] for row in rows], "Value": [Decimal(row["Value"]) for row in rows]}
    pq.write_table(pa.table(table), tmp_path / "stock.parquet")
    drawn = []
    for file in (stock, tmp_path / "stock.parquet"):
        output = tmp_path / f"{file.suffix[1:]}-chosen.csv"
        drawing = ("--method", "cell", "--size", "30", "--seed", "5", "-o", str(output))
        _json(capsys, "select", "--file", str(file), "--amount", "Value", *drawing)
        drawn.append([(row["Item"], row["Source_Row"], row["Hits"]) for row in _items(output)])

    assert drawn[0] == drawn[1]
    assert drawn[0][0] == ("S-big", "2", "1")


def test_a_sample_by_money_is_projected(stock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen, audited = tmp_path / "chosen.csv", tmp_path / "audited.csv"
    drawing = ("--amount", "Value", "--interval", "200", "--seed", "1", "-o", str(chosen))
    record = _json(capsys, "select", "--file", str(stock), *drawing)
    wrong = next(row for row in _items(chosen) if row["Stratum"] == "sample")
    half = str(Decimal(wrong["Book_Value"]) / 2)
    _audit(chosen, audited, {wrong["Source_Row"]: half, "2": "4900"})

    found = _json(capsys, "evaluate", str(audited), "--selection", str(tmp_path / "chosen.json"), "--tolerable", "50%")

    projected = Decimal(record["sampled_value"]) * Decimal("0.5") / record["hits"] + 100
    assert abs(Decimal(found["likely"]) - projected) < Decimal("0.01")
    assert Decimal(found["upper_overstatement"]) > projected
    assert found["within_tolerable"] is True
    assert "Stringer (1963)" in found["standard"]


def test_a_sample_by_items_is_estimated(stock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen, audited = tmp_path / "chosen.csv", tmp_path / "audited.csv"
    drawing = ("--amount", "Value", "--units", "items", "--method", "random", "--size", "40", "--seed", "3")
    _json(capsys, "select", "--file", str(stock), *drawing, "-o", str(chosen))
    first = _items(chosen)[0]
    _audit(chosen, audited, {first["Source_Row"]: str(Decimal(first["Book_Value"]) - 10)})
    selection = ("--selection", str(tmp_path / "chosen.json"))

    difference = _json(capsys, "evaluate", str(audited), "--method", "difference", *selection)
    rate = _json(capsys, "evaluate", str(audited), "--method", "hypergeometric", *selection)

    assert difference["likely"] == "50.25"  # 10 of 40 items' worth, for 201
    assert (rate["size"], rate["errors"]) == (40, 1)
    assert "equal chances" in _refused(capsys, "evaluate", str(audited), *selection)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample-size", "--tolerable", "5", "--confidence", "49"], "The confidence is 49%"),
        (["sample-size", "--tolerable", "five"], "no number"),
        (["sample-size", "--tolerable", "1e99999999%"], "out of bounds"),
        (["sample-size", "--tolerable", "5", "--expected", "1e-99999999999999"], "out of bounds"),
        (["sample-size", "--tolerable", "0.05"], "may be 5.00% or 0.05%"),
        (["sample-size", "--tolerable", "5", "--likelihood", "hypergeometric"], "Give --population"),
        (["select", "--size", "5"], "either --books or --file"),
        (["select", "--file", "no.csv", "--size", "5"], "cannot be read"),
        (["select", "--file", "no.csv", "--size", "5", "--interval", "3"], "either --size or --interval"),
        (["select", "--file", "no.csv", "--size", "5", "--where", "A=B"], "are for books"),
        (["evaluate", "no.csv"], "cannot be read"),
    ],
)
def test_what_fits_no_sample_is_refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in _refused(capsys, *arguments)


def test_audited_values_are_not_lost_by_selecting_again(
    stock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = tmp_path / "chosen.csv"
    drawing = ("select", "--file", str(stock), "--amount", "Value", "--size", "5", "-o", str(chosen))
    _json(capsys, *drawing)
    chosen.write_text("audited", encoding="utf-8")

    assert "audited values in it would be lost" in _refused(capsys, *drawing)
    assert chosen.read_text(encoding="utf-8") == "audited"
    _json(capsys, *drawing, "--force")
    assert _items(chosen)[0]["Audited_Value"] == ""


def test_the_population_itself_is_never_overwritten(stock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stock.read_bytes()

    said = _refused(
        capsys, "select", "--file", str(stock), "--amount", "Value", "--size", "5", "-o", str(stock), "--force"
    )

    assert "is the population itself" in said
    assert stock.read_bytes() == before


def test_a_population_smaller_than_what_was_drawn_of_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "audited.csv"
    file.write_text("Book_Value,Audited_Value\n600,600\n470,450\n", encoding="utf-8")

    said = _refused(capsys, "evaluate", str(file), "--population-value", "500")

    assert "500, and that of the drawn items alone is 1,070" in said


def test_errors_of_the_top_stratum_are_counted_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "audited.csv"
    rows = "top,1,5000,4900\nsample,1,60,60\nsample,1,70,35\n"
    file.write_text(f"Stratum,Hits,Book_Value,Audited_Value\n{rows}", encoding="utf-8")

    found = _json(capsys, "evaluate", str(file), "--population-value", "1000")

    assert (found["size"], found["errors"], found["top_errors"]) == (2, 1, 1)


def test_amounts_of_several_currencies_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gl.csv").write_text(LEDGER, encoding="utf-8")

    said = _refused(capsys, "select", "--books", str(tmp_path / "gl.csv"), "--size", "2")

    assert "several currencies: EUR, USD" in said
    assert "--where Amount_Currency=EUR" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Item,Value\na,1.5e\n", "row 2: '1.5e' is no number"),
        ("Item,Value\na,1\n\nb,x\n", "row 4: 'x' is no number"),
        ("Item,Value\na\n", "row 2 has 1 fields"),
        ("Item,Item\na,1\n", "names a column twice"),
        ("Item,Amounts\na,1\n", "no column Value"),
        ("Item,Value\n", "no rows"),
        ("", "is empty"),
    ],
)
def test_files_that_are_no_population_are_refused(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "items.csv").write_text(text, encoding="utf-8")

    assert message in _refused(
        capsys, "select", "--file", str(tmp_path / "items.csv"), "--amount", "Value", "--size", "1"
    )


def test_the_items_are_not_written_where_their_record_goes(
    stock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing = ("--amount", "Value", "--size", "3", "-o", str(tmp_path / "chosen.json"))

    assert "where the record goes" in _refused(capsys, "select", "--file", str(stock), *drawing)


def test_an_evaluation_wants_every_chosen_item_as_it_was_chosen(
    stock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen, audited = tmp_path / "chosen.csv", tmp_path / "audited.csv"
    _json(capsys, "select", "--file", str(stock), "--amount", "Value", "--size", "30", "-o", str(chosen))
    evaluate = ("evaluate", str(audited), "--selection", str(tmp_path / "chosen.json"))
    _audit(chosen, audited, {"2": ""})
    unfinished = _refused(capsys, *evaluate)
    _audit(chosen, audited, {})
    lines = audited.read_text(encoding="utf-8").splitlines()
    audited.write_text("\n".join(lines[:-1]), encoding="utf-8")
    missing = _refused(capsys, *evaluate)
    audited.write_text("\n".join(lines).replace("5000,5000", "4000,5000"), encoding="utf-8")
    altered = _refused(capsys, *evaluate)

    assert "row 2 has no value in Audited_Value" in unfinished
    assert "items were chosen" in missing
    assert "book values" in altered
