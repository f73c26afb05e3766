"""Questions of a step that a field of the result answers."""

from collections.abc import Sequence

from audit_agent.documents.reading.dates import plain
from audit_agent.documents.reading.result import Answer, DocumentResult, Field

_ASKED = (
    ("due_date", ("due date", "when due", "fallig", "echeance", "vervaldatum")),
    ("order_number", ("order number", "purchase order", "po number", "bestellnummer", "commande", "ordernummer")),
    ("invoice_number", ("invoice number", "rechnungsnummer", "numero de facture", "factuurnummer")),
    ("invoice_date", ("invoice date", "date of the invoice", "rechnungsdatum", "date de facture", "factuurdatum")),
    ("currency", ("currency", "wahrung", "devise", "valuta")),
    ("terms", ("payment terms", "terms of payment", "zahlungsbedingung", "conditions de paiement", "betaal")),
    ("net", ("net amount", "without tax", "before tax", "netto", "hors tax", "exclusief")),
    ("tax", ("tax", "vat", "steuer", "tva", "btw")),
    ("total", ("total", "gesamt", "totaal", "amount")),
    ("kind", ("what kind", "what sort", "which kind")),
)


def answers(questions: Sequence[str], result: DocumentResult) -> tuple[Answer, ...]:
    """Each question with the field it asks for; a question for anything else stays without an answer."""
    return tuple(Answer(question=question, answer=_answer(plain(question), result)) for question in questions)


def _answer(question: str, result: DocumentResult) -> Field[str]:
    if "supplier" in question or "vendor" in question:
        return result.supplier.name
    for name, phrases in _ASKED:
        if any(phrase in question for phrase in phrases):
            field = getattr(result, name)
            if not field.supported:
                return Field[str](reason=field.reason)
            return Field[str](value=str(field.value), quotation=field.quotation)
    return Field[str](reason="Without a model only questions for a field of the result are answered.")
