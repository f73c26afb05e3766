"""Roles, leavers, pay and expenses of which something is flagged."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {"ACC-01": {"dismiss": ""}}

_CLAIM = {"Employee_ID": "E1", "Expense_Date": "2025-03-03", "Amount": "42.00"}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Role_Assignments": [{"User_ID": "DORA", "Role": "Create suppliers"}, {"User_ID": "DORA", "Role": "Run payments"}],
    "User_Listing": [{"User_ID": "CARL", "Active_Status": "Inactive", "Active_Modified_Date": "2025-03-01"}],
    "Payroll": [
        {"Payroll_ID": "W1", "Employee_ID": "GHOST", "Pay_Date": "2025-03-31", "Gross_Amount": "3000.00"},
        {
            "Payroll_ID": "W2",
            "Employee_ID": "GHOST",
            "Pay_Date": "2025-04-30",
            "Gross_Amount": "3000.00",
            "Tax_Amount": "500.00",
            "Net_Amount": "2600.00",
            "Hours": "100",
            "Overtime_Hours": "60",
        },
    ],
    "Expense_Reports": [_CLAIM | {"Expense_ID": "X1"}, _CLAIM | {"Expense_ID": "X2"}],
}
