"""Sales, closings and confirmations of which the procedures on order to cash and the close flag something."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Invoices_Generated": [
        {
            "Invoice_ID": "S40",
            "Invoice_Date": "2025-12-30",
            "Customer_Account_ID": "C40",
            "Invoice_Amount": "500.00",
            "Shipment_ID": "D40",
        },
    ],
    "Purchase_Orders": [{"PO_ID": "PO40", "PO_Line": "1", "PO_Date": "2025-03-01", "Amount": "30.00"}],
    "Goods_Received": [{"Receipt_ID": "R40", "PO_ID": "PO40", "Receipt_Date": "2025-03-09", "Quantity": "1"}],
    "Invoices_Received": [
        {
            "Invoice_ID": "I40",
            "Invoice_Number": "R40",
            "Supplier_Account_ID": "V40",
            "Invoice_Date": "2025-03-04",
            "Invoice_Amount": "30.00",
            "PO_ID": "PO40",
            "PO_Line": "1",
        },
    ],
    "Trial_Balance": [
        {"GL_Account_Number": "9990", "Fiscal_Year": 2025, "Period": 12, "Amount_Ending": "44.00"},
        {
            "GL_Account_Number": "9991",
            "Fiscal_Year": 2025,
            "Period": 12,
            "Amount_Beginning": "0.00",
            "Amount_Ending": "20.00",
        },
    ],
    "Chart_Of_Accounts": [{"GL_Account_Number": "9990", "GL_Account_Name": "Suspense"}],
    "Expected_Amounts": [
        {"GL_Account_Number": "9991", "Fiscal_Year": 2025, "Period": 12, "Expected_Amount": "5.00"},
    ],
    "Reconciling_Items": [
        {
            "Item_ID": "B40",
            "Item_Date": "2025-01-02",
            "Amount": "12.00",
            "Reconciliation_Date": "2025-03-31",
        },
    ],
    "Open_Accounts_Receivable": [
        {
            "Invoice_ID": "S41",
            "Customer_Account_ID": "C40",
            "Open_Amount": "700.00",
            "Balance_As_Of_Date": "2025-12-31",
        },
    ],
    "Confirmations": [
        {"Confirmation_ID": "L40", "Customer_Account_ID": "C40", "Book_Amount": "700.00", "Confirmed_Amount": "650.00"},
    ],
    "Customer_Listing": [{"Customer_Account_ID": "C40", "Credit_Limit": "600.00"}],
    "Cash_Received": [
        {"Receipt_ID": "K40", "Customer_Account_ID": "C40", "Receipt_Date": "2025-06-02", "Receipt_Amount": "9.00"},
    ],
    "Shipments_Made": [{"Shipment_ID": "D40", "Shipment_Date": "2026-01-02"}],
}
