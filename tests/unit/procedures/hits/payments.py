"""Suppliers, orders and payments of which the procedures about payees flag something."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {"P2P-07": {"limit": "1000"}}

_PAID = {"Payment_Date": "2025-03-20", "Payment_Amount": "500.00", "Entered_By": "ANNA"}
_BILL = {"Supplier_Account_ID": "V7", "Invoice_Date": "2025-03-01", "Invoice_Amount": "500.00"}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Supplier_Listing": [
        {
            "Supplier_Account_ID": "V7",
            "Supplier_Name": "Quiet Ltd",
            "Bank_Account": "DE02 1203 0000",
            "Bank_Changed_At": "2025-03-15",
            "Bank_Changed_By": "CARL",
        }
    ],
    "Employees": [{"Employee_ID": "E1", "Name": "Some Body", "Bank_Account": "DE0212030000"}],
    "Payments_Made": [
        _PAID | {"Payment_ID": "P1", "Supplier_Account_ID": "V7", "Reference_Number": "Q-1"},
        _PAID | {"Payment_ID": "P2", "Supplier_Account_ID": "V7", "Reference_Number": "Q-1"},
        _PAID | {"Payment_ID": "P3", "Supplier_Account_ID": "V8", "Reference_Number": "Z-9"},
    ],
    "Invoices_Received": [
        *(_BILL | {"Invoice_ID": f"Q{n}", "Invoice_Number": f"Q-{n}"} for n in range(1, 6)),
        _BILL | {"Invoice_ID": "Q9", "Invoice_Number": "X", "PO_ID": "PO7"},
    ],
    "Purchase_Orders": [
        {"PO_ID": "PO7", "PO_Date": "2025-03-09", "Supplier_Account_ID": "V7", "Amount": "990.00"},
        {"PO_ID": "PO8", "PO_Date": "2025-03-10", "Supplier_Account_ID": "V7", "Amount": "980.00"},
    ],
}
