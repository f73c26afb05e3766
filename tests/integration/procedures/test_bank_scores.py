"""The bank reconciliation against 572 labels that others gave to the cash ledger and statement of one company."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.store.evidence import FolderEvidence
from tests.unit.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "bank-scores.md"
_ROW = re.compile(r"^\| (\w[\w ]*) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
_MAPPING = """
files:
  ledger.csv:
    table: GL_Detail
    columns: {Journal_ID: erp_ref, Effective_Date: date, Amount: amount, JE_Line_Description: memo}
    constants: {GL_Account_Number: "1000"}
  bank.csv:
    table: Bank_Statement
    columns: {Transaction_ID: bank_ref, Booking_Date: date, Amount: amount, Description: description}
"""
_LABELS = ("matched", "timing", "amount", "missing_in_bank", "bank_only")

Pair = tuple[str, str, str]
"""Ledger reference, bank reference, label; a side that has none is empty."""


@pytest.fixture(scope="module")
def paper(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workpaper, FolderEvidence]]:
    """The reconciliation of the two files, without the mark that gives duplicates away."""
    folder = tmp_path_factory.mktemp("bank")
    (folder / "books").mkdir()
    for name, given in (("ledger.csv", "erp_cash_ledger.csv"), ("bank.csv", "bank_statement.csv")):
        text = (shared_data / "recon_je" / given).read_text(encoding="utf-8")
        (folder / "books" / name).write_text(text.replace(" (DUP)", ""), encoding="utf-8")
    (folder / "books" / "mapping.yaml").write_text(_MAPPING, encoding="utf-8")
    evidence = FolderEvidence(folder / "evidence")
    _, manifest = import_books(folder / "books", evidence)
    with FrozenTables(manifest, evidence) as tables:
        step = PlanStep(
            id=StepId("S01"), procedure="BNK-01", title="Bank", risk="R1", why="-", parameters={"cash_accounts": "1000"}
        )
        yield perform(step, tables, evidence, "USD"), evidence


def _found(paper: Workpaper, evidence: FolderEvidence, references: dict[tuple[str, int], str]) -> set[Pair]:
    """What the procedure says of each line, in the words of the labels."""
    (computed,) = paper.computed
    matches: dict[int, list[dict[str, Any]]] = {}
    for row in pq.read_table(evidence.path(computed.digest)).to_pylist():
        matches.setdefault(row["match"], []).append(row)
    found = set()
    for rows in matches.values():
        ours = [references[row["file"], row["row"]] for row in rows if row["side"] == "bank"] or [""]
        theirs = [references[row["file"], row["row"]] for row in rows if row["side"] == "ledger"] or [""]
        found |= {(there, here, _label(rows[0], ours, theirs)) for there in theirs for here in ours}
    return found


def _label(row: dict[str, Any], bank: list[str], ledger: list[str]) -> str:
    if row["how"] == "none":
        return "bank_only" if bank != [""] else "missing_in_bank"
    if row["gap"]:
        return "amount"
    return "timing" if row["days"] else "matched"


def _references(shared_data: Path) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for name, given, column in (
        ("ledger.csv", "erp_cash_ledger.csv", "erp_ref"),
        ("bank.csv", "bank_statement.csv", "bank_ref"),
    ):
        with (shared_data / "recon_je" / given).open(encoding="utf-8", newline="") as file:
            found |= {(name, place): row[column] for place, row in enumerate(csv.DictReader(file), 2)}
    return found


def _labelled(shared_data: Path) -> set[Pair]:
    text = (shared_data / "recon_je" / "recon_truth.json").read_text(encoding="utf-8")
    labels = json.loads(text, parse_constant=lambda _: "")["labels"]
    return {(one["erp_ref"], one["bank_ref"], one["type"]) for one in labels}


def test_the_page_shows_precision_and_recall_by_label(
    paper: tuple[Workpaper, FolderEvidence], shared_data: Path
) -> None:
    labelled, found = _labelled(shared_data), _found(*paper, _references(shared_data))
    rows = []
    for label in (*_LABELS, "all"):
        wanted = {pair for pair in labelled if label in ("all", pair[2])}
        given = {pair for pair in found if label in ("all", pair[2])}
        right = len(wanted & given)
        figures = (len(wanted), right, len(given) - right, len(wanted) - right)
        scores = (f"{right / len(given):.3f}", f"{right / len(wanted):.3f}")
        rows.append((label.replace("_", " "), *map(str, figures), *scores))
    print(*rows, sep="\n")
    print(*sorted(found - labelled), *sorted(labelled - found), sep="\n")

    precision, recall = (float(score) for score in rows[-1][-2:])
    assert (precision >= 0.98, recall >= 0.98) == (True, True)
    assert _ROW.findall(_PAGE.read_text(encoding="utf-8")) == rows
