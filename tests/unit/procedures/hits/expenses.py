"""Expenses against the policy, permits and approvals, of which something is flagged."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {"TE-02": {"receipt_from": "0"}}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Expense_Limits": [{"Category": "Meals", "Limit_Amount": "60.00"}],
    "Travel_Permits": [
        {"Permit_ID": "P50", "Employee_ID": "E50", "Budget_Amount": "100.00", "Approved_Date": "2025-03-01"},
    ],
    "Expense_Events": [
        {"Report_ID": "R50", "Event": "Submitted", "Event_Date": "2025-03-06", "User_ID": "E50"},
        {"Report_ID": "R50", "Event": "Paid", "Event_Date": "2025-03-07"},
    ],
    "Expense_Reports": [
        {
            "Expense_ID": f"X5{number}",
            "Employee_ID": "E50",
            "Expense_Date": "2025-03-05",
            "Amount": amount,
            "Category": "Meals",
            "Merchant": "Ritz",
            "MCC": "7995",
            "Permit_ID": "P50",
        }
        for number, amount in enumerate(("90.00", "40.00", "41.00"))
    ],
}
