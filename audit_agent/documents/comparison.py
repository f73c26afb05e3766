"""Which row of the books a document belongs to, and what comparing the two comes to."""

from collections.abc import Sequence

from audit_agent.documents.booked import BookedInvoice, BookedInvoices
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.reading.vouching import SEEN, Verdict, Vouched, vouch
from audit_agent.domain.documents import DocumentEntry
from audit_agent.domain.record import Record

_SURE_BY = ("Supplier_Name", "Invoice_Amount")


class Comparison(Record):
    """A document against the books: the row it belongs to, what each column came to, and the reason in words."""

    verdict: Verdict
    reason: str
    source_file: str | None = None
    source_row: int | None = None
    columns: tuple[Vouched, ...] = ()


def compare(entry: DocumentEntry, result: DocumentResult, books: BookedInvoices) -> Comparison:
    """Against the row the set names; where it names none, the one with the same number and supplier or amount."""
    if entry.supports is not None:
        rows = books.named(entry.supports)
        if isinstance(rows, str):
            return _nothing(rows)
        return _against_one(rows, result, "The set names", "the row that the set names")
    number = result.invoice_number
    if number.value is None:
        return _nothing(f"No row can be looked for by its number. {number.reason}".strip())
    numbered = books.numbered(number.value)
    alike = [row for row in numbered if _sure(row, result)]
    if numbered and not alike:
        return _nothing(
            f"{numbered[0].place}, has the number {number.value}, but the document bears out neither its supplier"
            " nor its amount."
        )
    return _against_one(alike, result, f"The number {number.value} fits", f"an invoice numbered {number.value}")


def _against_one(rows: Sequence[BookedInvoice], result: DocumentResult, several: str, wanted: str) -> Comparison:
    if not rows:
        return _nothing(f"The books do not carry {wanted}.")
    if len(rows) > 1:
        return _nothing(f"{several} several rows: {rows[0].place} and {rows[1].place} among them.")
    (row,) = rows
    columns = vouch(result, row.values)
    verdict, reason = _summed_up(columns)
    return Comparison(
        verdict=verdict, reason=reason, source_file=row.source_file, source_row=row.source_row, columns=columns
    )


def _sure(row: BookedInvoice, result: DocumentResult) -> bool:
    return any(column.verdict is Verdict.AGREES for column in vouch(result, row.values) if column.column in _SURE_BY)


def _summed_up(columns: tuple[Vouched, ...]) -> tuple[Verdict, str]:
    """One difference is enough to differ; without the amount nothing agrees."""
    by_verdict = {one: [column for column in columns if column.verdict is one] for one in Verdict}
    differing, missing = by_verdict[Verdict.DIFFERS], by_verdict[Verdict.NOT_FOUND]
    if differing:
        return Verdict.DIFFERS, " ".join(f"{column.column}: {column.reason}" for column in differing)
    agreeing = [column.column for column in by_verdict[Verdict.AGREES]]
    if "Invoice_Amount" not in agreeing:
        return Verdict.NOT_FOUND, "The document does not say the amount of the row."
    silent = f" The document does not say {', '.join(column.column for column in missing)}." if missing else ""
    seen = f" {SEEN}" if any(one.quotation and one.quotation.in_picture for one in columns) else ""
    return Verdict.AGREES, f"The same: {', '.join(agreeing)}.{silent}{seen}"


def _nothing(reason: str) -> Comparison:
    return Comparison(verdict=Verdict.NOT_FOUND, reason=reason)
