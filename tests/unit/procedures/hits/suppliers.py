"""Suppliers kept twice."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {}

ROWS: dict[str, list[dict[str, Any]]] = {
    "Supplier_Listing": [
        {"Supplier_Account_ID": "T1", "Supplier_Name": "Twin Tools Ltd", "TIN": "12-345"},
        {"Supplier_Account_ID": "T2", "Supplier_Name": "Tools Twin Limited", "TIN": "12345"},
    ]
}
