"""A page of documents against the books: their rows are looked up together, since each question costs the same."""

from collections.abc import Sequence

from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.booked import BookedInvoice, TableInvoices
from audit_agent.documents.comparison import compare
from audit_agent.domain.documents import BooksRow


def compared(outcomes: Sequence[DocumentOutcome], books: TableInvoices) -> tuple[DocumentOutcome, ...]:
    """The outcomes with what the books say of each, where it was read."""
    rows = _RowsOfPage([outcome for outcome in outcomes if outcome.read], books)
    return tuple(
        outcome.model_copy(update={"books": compare(outcome.entry, outcome.result, rows)})
        if outcome.read and outcome.result is not None
        else outcome
        for outcome in outcomes
    )


class _RowsOfPage:
    """The rows that documents of one page may belong to."""

    def __init__(self, read: Sequence[DocumentOutcome], books: TableInvoices) -> None:
        named = [outcome.entry.supports for outcome in read if outcome.entry.supports is not None]
        numbers = {
            outcome.result.invoice_number.value
            for outcome in read
            if outcome.entry.supports is None and outcome.result is not None
        }
        self._named = dict(zip(map(_key, named), books.all_named(named), strict=True))
        self._numbered = books.all_numbered(number for number in numbers if number is not None)

    def named(self, row: BooksRow) -> Sequence[BookedInvoice] | str:
        return self._named[_key(row)]

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        return self._numbered[number]


def _key(row: BooksRow) -> str:
    return row.model_dump_json()
