"""Journals that do not roll forward, explain nothing, and were approved by their preparer, out of revenue."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {}

_LINE = {
    "Journal_ID": "A1",
    "Source": "MJ",
    "Effective_Date": "2025-03-31",
    "Entered_Date": "2025-03-31",
    "Entered_Time": "10:00:00",
    "Entered_By": "CARL",
    "Approved_By": "CARL",
    "Amount": "12.34",
}

ROWS: dict[str, list[dict[str, Any]]] = {
    "GL_Detail": [
        _LINE | {"Journal_ID_Line_Number": 1, "GL_Account_Number": "9100", "Amount_Credit_Debit_Indicator": "D"},
        _LINE | {"Journal_ID_Line_Number": 2, "GL_Account_Number": "8100", "Amount_Credit_Debit_Indicator": "C"},
    ],
    "Chart_Of_Accounts": [
        {"GL_Account_Number": "8100", "GL_Account_Name": "Sales", "Account_Type": "Revenue"},
        {"GL_Account_Number": "9100", "GL_Account_Name": "Suspense", "Account_Type": "Liability"},
    ],
    "Approval_Limits": [{"User_ID": "BEN", "Limit_Amount": "10.00"}],
    "Trial_Balance": [{"GL_Account_Number": "9100", "Amount_Beginning": "0.00", "Amount_Ending": "0.00"}],
}
