"""DOC-01: documents vouched to the books. A catalogue entry only: what it does is in `documents`, page by page."""

from audit_agent.domain.catalogue import ProcedureMeta, TableNeed
from audit_agent.domain.plan import VOUCHING
from audit_agent.procedures.parameters import ParameterSet, parameter


class Parameters(ParameterSet):
    """What every document is asked."""

    questions: tuple[str, ...] = parameter(
        (), "Questions that every document is asked, such as `When is the delivery due?`; answers go to the evidence."
    )


META = ProcedureMeta(
    id=VOUCHING,
    version="1",
    title="Vouch documents to the books",
    purpose="Read every document that was handed in, and compare it with the invoice in the books that it supports: "
    "number, supplier, dates, amounts, currency and order. It is in the plan of every audit that was given documents.",
    standard="ISA 500.A14-A15, A18",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Number", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("Invoice_Date", "Invoice_Due_Date", "Amount_Currency", "Tax_Amount", "PO_ID"),
            required=False,
        ),
        TableNeed(table="Supplier_Listing", columns=("Supplier_Account_ID", "Supplier_Name"), required=False),
    ),
    parameters=Parameters.specs(),
    false_positive_risk="medium",
    false_positives="Scans that cannot be read well, documents of other periods or of other kinds than invoices, "
    "invoices booked without tax.",
)
