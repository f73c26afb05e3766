"""Payments, orders and suppliers of which the procedures on payments and the vendor master flag something."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {}

_PAYMENT = {"Supplier_Account_ID": "V20", "Payment_Amount": "70.00", "Payment_Date": "2025-03-10"}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Payments_Made": [
        _PAYMENT | {"Payment_ID": "P20", "Reference_Number": "R20"},
        _PAYMENT | {"Payment_ID": "P21", "Reference_Number": "R20"},
    ],
    "Invoices_Received": [
        {
            "Invoice_ID": "I20",
            "Invoice_Number": "R20",
            "Supplier_Account_ID": "V20",
            "Invoice_Date": "2025-03-01",
            "Invoice_Amount": "70.00",
            "PO_ID": "PO20",
        },
        {
            "Invoice_ID": "I22",
            "Invoice_Number": "RZ0",
            "Supplier_Account_ID": "V20",
            "Invoice_Date": "2025-03-02",
            "Invoice_Amount": "70.00",
        },
        *(
            {
                "Invoice_ID": f"I3{n}",
                "Invoice_Number": f"S-{n}",
                "Supplier_Account_ID": "V21",
                "Invoice_Date": f"2025-0{n}-20",
                "Invoice_Amount": f"{n}1.00",
            }
            for n in range(1, 6)
        ),
    ],
    "Purchase_Orders": [
        {
            "PO_ID": "PO20",
            "PO_Line": "1",
            "PO_Date": "2025-03-05",
            "Supplier_Account_ID": "V20",
            "Quantity": "1",
            "Unit_Price": "70",
        },
        {
            "PO_ID": "PO21",
            "PO_Line": "1",
            "PO_Date": "2025-03-06",
            "Supplier_Account_ID": "V20",
            "Quantity": "1",
            "Unit_Price": "70",
        },
    ],
    "Supplier_Listing": [
        {
            "Supplier_Account_ID": "V20",
            "Supplier_Name": "Harbour Paper Ltd",
            "Active_Status": "Inactive",
            "Bank_Changed_At": "2025-03-08",
            "Bank_Account": "DE0212030000",
        },
        {"Supplier_Account_ID": "V24", "Supplier_Name": "Harbour Paper Limited", "Bank_Account": "DE0212030000"},
    ],
    "Employees": [{"Employee_ID": "E20", "Name": "Jana Vogt", "Bank_Account": "DE02 1203 0000"}],
    "Expense_Reports": [
        {"Expense_ID": "X20", "Employee_ID": "E20", "Expense_Date": "2025-03-01", "Amount": "1.00"},
    ],
    "Approval_Limits": [{"User_ID": "ANNA", "Limit_Amount": "72.00"}],
    "Goods_Received": [{"Receipt_ID": "R20", "PO_ID": "PO20", "PO_Line": "1", "Quantity": "1"}],
}
