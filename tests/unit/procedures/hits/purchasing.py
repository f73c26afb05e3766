"""Purchases of which every procure-to-pay procedure flags something."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {}

_INVOICE = {"Supplier_Account_ID": "V1", "Invoice_Number": "42", "Invoice_Date": "2025-03-12", "PO_ID": "PO1"}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Invoices_Received": [
        _INVOICE | {"Invoice_ID": "I1", "Invoice_Amount": "900.00"},
        _INVOICE | {"Invoice_ID": "I2", "Invoice_Amount": "900.00"},
    ],
    "Purchase_Orders": [{"PO_ID": "PO1", "PO_Line": "1", "Quantity": "10", "Unit_Price": "100"}],
    "Goods_Received": [{"Receipt_ID": "R1", "PO_ID": "PO1", "PO_Line": "1", "Quantity": "9.5"}],
}
