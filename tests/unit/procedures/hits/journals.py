"""Journals of which every journal procedure flags something."""

from typing import Any

PARAMETERS = {
    "JE-04": {},
    "JE-07": {"close_days": "5"},
    "JE-10": {"unlisted": "yes"},
    "JE-11": {"pair_percent": "50"},
    "JE-15": {"minimum_count": "1", "list_digits": "2"},
}


def line(id_: str, number: int, account: str, amount: str, **columns: Any) -> dict[str, Any]:
    common = {"Effective_Date": "2025-03-08", "Entered_Date": "2025-03-08", "Entered_Time": "23:30:00", "Source": "MAN"}
    side = "C" if amount.startswith("-") else "D"
    figures = {
        "Amount": amount.removeprefix("-"),
        "Amount_Credit_Debit_Indicator": side,
        "Journal_ID_Line_Number": number,
    }
    return common | {"Journal_ID": id_, "GL_Account_Number": account, "Entered_By": "ANNA"} | figures | columns


ROWS = {
    "GL_Detail": [
        line("1", 1, "4000", "5000.00"),
        line("1", 2, "1000", "-5000.00"),
        line("2", 1, "4000", "5000.00"),
        line("2", 2, "3000", "-4999.99", Amount_Currency="USD"),
        line("4", 1, "4000", "77.77", Entered_Date="2025-05-20", Amount_Currency="EUR"),
        line("4", 2, "2000", "-77.77", Entered_By="BEN", Entered_Date="2025-05-20", Amount_Currency="EUR"),
    ],
    "Journal_Log": [{"Journal_ID": "1", "Amount_Credit_Debit_Indicator": "D", "Total": "5000.01"}],
    "User_Listing": [{"User_ID": "ANNA", "Title": "Clerk"}],
    "Chart_Of_Accounts": [{"GL_Account_Number": "3000", "GL_Account_Name": "Equity"}],
    "Holidays": [{"Holiday_Date": "2025-05-20", "Name": "Fair"}],
}
