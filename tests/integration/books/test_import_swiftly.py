"""The first rows decide how a column is read only as long as no later row contradicts them."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from audit_agent.books import swift

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer

HEADER = "Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Period,Document_Date\n"
HEAD = "J1,01/31/2025,4400,10.00,D,1,2025-01-31\n" * (swift._HEAD_ROWS + 10)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("J1,01/31/2025,4400,1_000,D,1,2025-01-31", "Amount"),
        ("J1,01/31/2025,4400,1.00005,D,1,2025-01-31", "Amount"),
        ("J1,01/31/2025,4400,1.00,D,1.5,2025-01-31", "Period"),
        ("J1,01/31/2025,4400,1.00,D,1,infinity", "Document_Date"),
        ("J1,01/31/2025,4400,1.00,?,1,2025-01-31", "Amount_Credit_Debit_Indicator"),
        ("  ,01/31/2025,4400,1.00,D,1,2025-01-31", "Journal_ID"),
        ("J1,01/31/2025,4400,1.00", ""),
        ('J1,01/31/2025,"4400,1.00,D,1,2025-01-31', ""),
        ("J1,31/01/2025,4400,1.00,D,1,2025-01-31", "Effective_Date"),
    ],
)
def test_a_late_bad_row_is_refused(imported: "Importer", line: str, field: str) -> None:
    result = imported(f"{HEADER}{HEAD}{line}\n")

    ((row, rejected, _),) = result.rejects()
    assert (row, rejected) == (swift._HEAD_ROWS + 12, field)
    assert len(result.rows()) == swift._HEAD_ROWS + 10


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (" J2 ,01/31/2025,4400,1.00,D,1,2025-01-31", "Journal_ID", "J2"),
        ('J1,01/31/2025,4400,"1,000.50",D,1,2025-01-31', "Amount", Decimal("1000.50")),
        ("J1,01/31/2025,4400,1.00,H,1,2025-01-31", "Amount_Credit_Debit_Indicator", "C"),
        ("J1,01/31/2025,4400,-1.00,D,1,2025-01-31", "Amount", Decimal(-1)),
        ("J1,01/31/2025,4400,1.00,D,007,2025-01-31", "Period", 7),
        ("J1,01/31/2025,4400,1.00,D,1,", "Document_Date", None),
        ("J1,01/31/2025,4400,1.00,D,1,00000000", "Document_Date", None),
        ("J1,01/31/2025,4400,1.00,D,1,2025-02-01 10:11", "Document_Date", date(2025, 2, 1)),
    ],
)
def test_a_late_row_written_otherwise_is_read(imported: "Importer", line: str, field: str, value: Any) -> None:
    result = imported(f"{HEADER}{HEAD}{line}\n")

    assert result.rejects() == []
    assert result.rows()[-1][field] == value


def test_a_late_contradiction_changes_nothing_else(imported: "Importer") -> None:
    swiftly = imported(HEADER + HEAD).rows()

    thoroughly = imported(f"{HEADER}{HEAD} J2 ,01/31/2025,4400,1.00,D,1,2025-01-31\n").rows()[:-1]

    assert [row | {"Source_File_SHA256": ""} for row in thoroughly] == [
        row | {"Source_File_SHA256": ""} for row in swiftly
    ]
