"""Two postings that are all chosen, one of them audited at less."""

from typing import Any

PARAMETERS: dict[str, dict[str, str]] = {
    "SMP-03": {"table": "GL_Detail", "where": "GL_Account_Number=7777", "tolerable": "30"}
}

_LINE = {
    "Journal_ID": "SMP1",
    "Source": "SA",
    "Effective_Date": "2025-03-12",
    "GL_Account_Number": "7777",
    "Amount": "40.00",
    "Amount_Credit_Debit_Indicator": "D",
    "Amount_Currency": "USD",
    "Source_File": "sampled.csv",
}

ROWS: dict[str, list[dict[str, Any]]] = {"GL_Detail": [_LINE | {"Source_Row": 2}, _LINE | {"Source_Row": 3}]}

FILES = {
    "SMP-03": "Source_File,Source_Row,Book_Value,Audited_Value\nsampled.csv,2,40.00,40.00\nsampled.csv,3,40.00,25.00\n"
}
"""What people handed in."""
