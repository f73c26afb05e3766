"""The real general ledger with published counts, as the books import it."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from audit_agent.books.tables import MemoryTables

_SIDES = {"S": "D", "H": "C"}


@pytest.fixture(scope="session")
def aicpa_tables(shared_data: Path) -> Iterator[MemoryTables]:
    """28,160 lines of an SAP-style ledger and the system's log of it."""
    folder = shared_data / "aicpa_gl"
    rows = {
        "GL_Detail": [_line(row) for row in _read(folder / "GL_Detail.csv.gz")],
        "Journal_Log": [_logged(row) for row in _read(folder / "log_file.csv.gz")],
    }
    with MemoryTables(rows) as tables:
        yield tables


def _read(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _line(row: dict[str, str]) -> dict[str, Any]:
    renamed = {name.replace("_ ", "_"): value or None for name, value in row.items()}
    return renamed | {
        "Amount_Credit_Debit_Indicator": _SIDES[row["Amount_Credit_Debit_Indicator"]],
        "Effective_Date": _day(row["Effective_Date"]),
        "Document_Date": _day(row["Document_Date"]),
        "Entered_Date": _day(row["Entered_Date"]),
        "Entered_Time": _clock(row["Entered_Time"]),
    }


def _logged(row: dict[str, str]) -> dict[str, Any]:
    return {
        "Journal_ID": row["Journal_ID"],
        "Amount_Credit_Debit_Indicator": _SIDES[row["Amount_Credit_Debit_Indicator"]],
        "Total": Decimal(row["Total"]),
        "Entered_Date": _day(row["Entered_Date"]),
        "Entered_Time": _clock(row["Entered_Time"]),
    }


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _clock(text: str) -> time:
    text = text.zfill(6)
    return time(int(text[:2]), int(text[2:4]), int(text[4:]))
