"""What a document says. A value never stands without the words that support it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import model_validator

from audit_agent.documents.text.model import Outcome, Place
from audit_agent.domain.record import Record

T = TypeVar("T")


class Kind(StrEnum):
    """What sort of document it is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"
    REMINDER = "reminder"
    RECEIPT = "receipt"
    PURCHASE_ORDER = "purchase order"
    DELIVERY_NOTE = "delivery note"
    STATEMENT = "statement"
    CONTRACT = "contract"


class Quotation(Record):
    """Words of the document and where they stand.

    What a model read off a picture is marked `in_picture`: code cannot check that those words are there.
    """

    text: str
    place: Place
    in_picture: bool = False


class Field(Record, Generic[T]):
    """A value with its quotation, or neither and the reason why."""

    value: T | None = None
    quotation: Quotation | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _value_needs_quotation(self) -> "Field[T]":
        if (self.value is None) != (self.quotation is None):
            raise ValueError("A value and its quotation come together or not at all.")
        return self

    @property
    def supported(self) -> bool:
        """The document says it."""
        return self.value is not None


class Party(Record):
    """Who sends or receives the document."""

    name: Field[str] = Field[str]()
    tax_id: Field[str] = Field[str]()


class LineItem(Record):
    """One line of what is charged; `amount` is without tax in e-invoices, else as the document shows it."""

    description: Field[str] = Field[str]()
    quantity: Field[Decimal] = Field[Decimal]()
    unit_price: Field[Decimal] = Field[Decimal]()
    amount: Field[Decimal] = Field[Decimal]()


class Answer(Record):
    """A question of the step and what the document answers."""

    question: str
    answer: Field[str] = Field[str]()


class DocumentResult(Record):
    """What one document says, as far as its own words support it.

    `problems` are contradictions that code found, such as sums that do not add up; `remarks` say what of it nobody
    looked at;
    `hidden_pieces` counts text that is in the document but not to be seen, which nothing is read from.
    """

    outcome: Outcome
    reason: str = ""
    reader: str = ""
    kind: Field[Kind] = Field[Kind]()
    supplier: Party = Party()
    customer: Party = Party()
    invoice_number: Field[str] = Field[str]()
    order_number: Field[str] = Field[str]()
    invoice_date: Field[date] = Field[date]()
    due_date: Field[date] = Field[date]()
    currency: Field[str] = Field[str]()
    net: Field[Decimal] = Field[Decimal]()
    tax: Field[Decimal] = Field[Decimal]()
    total: Field[Decimal] = Field[Decimal]()
    lines: tuple[LineItem, ...] = ()
    lines_total: Field[Decimal] = Field[Decimal]()
    terms: Field[str] = Field[str]()
    answers: tuple[Answer, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    hidden_pieces: int = 0

    def fields(self) -> tuple[Field[Any], ...]:
        """What there is to know of any document: every field but those of lines, tax numbers and answers."""
        numbers = (self.invoice_number, self.order_number, self.invoice_date, self.due_date)
        sums = (self.currency, self.net, self.tax, self.total)
        return (self.kind, self.supplier.name, self.customer.name, *numbers, *sums, self.terms)
