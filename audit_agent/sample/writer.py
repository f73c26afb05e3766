"""The sample's files: `books/*.csv`, `documents/`, and `truth.json` beside those folders, never in them."""

import csv
import json
from pathlib import Path

from audit_agent.sample import ledger_tables, purchase_tables
from audit_agent.sample.calendar import YEAR
from audit_agent.sample.company import NAME, Company, run_year
from audit_agent.sample.ledger_tables import CURRENCY, Rows
from audit_agent.sample.truth import SampleTruth

BOOKS = "books"
DOCUMENTS = "documents"
LIST = "list.csv"
"""In the folder of documents: their paths, and of some the row of the books that they support."""

TRUTH = "truth.json"

_TABLES = (
    "GL_Detail Journal_Log Trial_Balance Chart_Of_Accounts User_Listing Source_Listing Holidays Supplier_Listing "
    "Purchase_Orders Goods_Received Payments_Made Invoices_Received"
).split()
FILES = tuple(f"{name}.csv" for name in _TABLES)
"""The files in the books folder, one per canonical table."""


def generate(folder: Path, seed: int, *, documents: bool = False) -> SampleTruth:
    """Write the sample company's books and their truth into a folder, which is made if need be; documents on request.

    The same seed gives the same bytes. Files of the same names are overwritten.
    """
    company = run_year(seed)
    books = folder / BOOKS
    books.mkdir(parents=True, exist_ok=True)
    _write_books(books, company)
    seeded = company.truth
    if documents:
        # Setting PDFs takes a library that books alone do not need.
        from audit_agent.sample.documents.writing import write_documents

        (folder / DOCUMENTS).mkdir(exist_ok=True)
        seeded += write_documents(folder / DOCUMENTS, folder / DOCUMENTS / LIST, company, seed)
    truth = SampleTruth(
        seed=seed,
        company=NAME,
        currency=CURRENCY,
        year=YEAR,
        gl_lines=ledger_tables.gl_lines(company.ledger.journals),
        items=seeded,
    )
    text = json.dumps(truth.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
    (folder / TRUTH).write_text(text, encoding="utf-8", newline="\n")
    return truth


def _write_books(books: Path, company: Company) -> None:
    journals, purchasing = company.ledger.journals, company.purchasing
    plain = {
        "GL_Detail": ledger_tables.gl_detail(journals),
        "Journal_Log": ledger_tables.journal_log(journals),
        "Trial_Balance": ledger_tables.trial_balances(company.balances),
        "Chart_Of_Accounts": ledger_tables.chart_of_accounts(),
        "User_Listing": ledger_tables.user_listing(),
        "Source_Listing": ledger_tables.source_listing(),
        "Holidays": ledger_tables.holidays(),
        "Supplier_Listing": purchase_tables.supplier_listing(company.suppliers.all()),
        "Purchase_Orders": purchase_tables.purchase_orders(purchasing.orders),
        "Goods_Received": purchase_tables.goods_received(purchasing.receipts),
        "Payments_Made": purchase_tables.payments_made(company.payments),
    }
    for name, rows in plain.items():
        _write(books / f"{name}.csv", rows)
    # Another system's export: a byte order mark, semicolons, Windows line ends.
    invoices = purchase_tables.invoices_received(purchasing.invoices)
    _write(books / "Invoices_Received.csv", invoices, delimiter=";", line_end="\r\n", encoding="utf-8-sig")


def _write(path: Path, rows: Rows, delimiter: str = ",", line_end: str = "\n", encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=line_end).writerows(rows)
