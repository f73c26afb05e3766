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
    "Shipments_Made": [{"Shipment_ID": "D40", "Shipment_Date": "2026-01-02"}],
}
