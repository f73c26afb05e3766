"""The invoices behind a workpaper's exceptions."""

from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq

from audit_agent.domain.evidence import Evidence
from audit_agent.domain.remediation import SuspectInvoice
from audit_agent.domain.workpaper import Workpaper

_COLUMNS = (
    "exception_ref",
    "exception_reason",
    "Source_Table",
    "Invoice_ID",
    "Supplier_Account_ID",
    "Invoice_Date",
    "Invoice_Amount",
    "exception_currency",
)


def suspects(evidence: Evidence, paper: Workpaper) -> list[SuspectInvoice]:
    """Every row of Invoices_Received among the exceptions, in the exceptions' order."""
    stored = pq.ParquetFile(evidence.path(paper.exceptions))
    found: list[SuspectInvoice] = []
    for batch in stored.iter_batches(columns=[name for name in _COLUMNS if name in stored.schema_arrow.names]):
        found += (
            SuspectInvoice(
                exception=row["exception_ref"],
                invoice=row["Invoice_ID"],
                supplier=row.get("Supplier_Account_ID") or "",
                day=row.get("Invoice_Date") or date.min,
                amount=row.get("Invoice_Amount") or Decimal(0),
                currency=row["exception_currency"] or paper.currency,
                reason=row["exception_reason"],
            )
            for row in batch.to_pylist()
            if row["Source_Table"] == "Invoices_Received" and row.get("Invoice_ID")
        )
    return found
