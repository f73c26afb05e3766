"""A bank statement that does not add up and does not agree with the ledger."""

from typing import Any

from tests.unit.procedures.hits.journals import line

PARAMETERS: dict[str, dict[str, str]] = {"BNK-01": {"cash_accounts": "1099"}}

ROWS: dict[str, list[dict[str, Any]]] = {
    "GL_Detail": [
        line("K1", 1, "1099", "100.00", JE_Line_Description="Transfer ACME INV-7701"),
        line("K1", 2, "1200", "-100.00"),
        line("K2", 1, "1099", "-31.00", JE_Line_Description="Cheque 4711"),
        line("K2", 2, "2100", "31.00"),
    ],
    "Bank_Statement": [
        {
            "Bank_Account": "DE1",
            "Statement_ID": "1",
            "Transaction_ID": f"T{number}",
            "Booking_Date": day,
            "Amount": amount,
            "Description": text,
        }
        for number, (day, amount, text) in enumerate(
            (
                ("2025-03-01", "-9.00", "Account fee"),
                ("2025-03-10", "88.00", "Transfer ACME INV-7701"),
                ("2025-03-20", "-54.00", "Unknown"),
            )
        )
    ],
    "Bank_Statement_Balances": [
        {
            "Bank_Account": "DE1",
            "Statement_ID": "1",
            "Opening_Date": "2025-02-28",
            "Opening_Balance": "0.00",
            "Closing_Date": "2025-03-31",
            "Closing_Balance": "26.00",
        }
    ],
}
