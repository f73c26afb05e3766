"""An e-invoice whose total is not what its parts come to."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Invoice_Totals": [
        {
            "Invoice_ID": "e1.xml",
            "Invoice_Number": "E1",
            "Invoice_Date": "2025-03-12",
            "Supplier_Account_ID": "V1",
            "Lines_Amount": "100.00",
            "Net_Amount": "100.00",
            "Tax_Amount": "20.00",
            "Total_Amount": "130.00",
            "Payable_Amount": "130.00",
        }
    ],
    "Invoice_Components": [
        {
            "Invoice_ID": "e1.xml",
            "Component": "line",
            "Amount": "100.00",
            "Tax_Category": "S",
            "Tax_Percent": "20",
        },
        {
            "Invoice_ID": "e1.xml",
            "Component": "tax",
            "Amount": "100.00",
            "Tax_Amount": "20.00",
            "Tax_Category": "S",
            "Tax_Percent": "20",
        },
    ],
}
