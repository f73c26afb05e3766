"""Which invoices have a document, and what each document says."""

import re
from dataclasses import dataclass
from random import Random

from audit_agent.sample.chance import stream
from audit_agent.sample.company import Company
from audit_agent.sample.documents.bill import Bill, bill_of
from audit_agent.sample.documents.differences import DIFFERENCES, LOOK_ALIKES, Seed
from audit_agent.sample.documents.form import Form
from audit_agent.sample.purchasing import Invoice

COUNT = 200
_PARTS = (1, 8)
_NAMED_OF_TEN = 6


@dataclass(frozen=True, slots=True)
class Supporting:
    """One document: its path below the folder, what it says, and the invoice whose row the list names, if it does."""

    path: str
    form: Form
    bill: Bill
    booked: Invoice | None
    named: bool
    seed: Seed | None = None


def supporting_documents(company: Company, seed: int) -> list[Supporting]:
    """The documents of a year, by path. The same seed gives the same documents."""
    rng = stream(seed, "documents")
    left = _drawn(rng, company)
    chosen: list[tuple[Invoice, Form, Seed | None]] = []
    for kind in (*LOOK_ALIKES, *DIFFERENCES):
        for _ in range(kind.count):
            fitting = next(one for one in left if kind.fits(one[0]) and one[1] in kind.forms)
            left.remove(fitting)
            chosen.append((*fitting, kind))
    chosen += [(invoice, form, None) for invoice, form in left]
    rng.shuffle(chosen)
    names = _Names()
    documents = [_document(rng, names, *one) for one in chosen]
    return sorted(documents, key=lambda document: document.path)


def _document(rng: Random, names: "_Names", invoice: Invoice, form: Form, seed: Seed | None) -> Supporting:
    bill = bill_of(rng, invoice, rng.randrange(*(seed.parts if seed else _PARTS)))
    if seed:
        bill = seed.change(rng, bill)
    by_chance = rng.randrange(10) < _NAMED_OF_TEN
    return Supporting(
        path=names.path(invoice, form),
        form=form,
        bill=bill,
        booked=invoice if seed is None or seed.booked else None,
        named=by_chance if seed is None or seed.named is None else seed.named,
        seed=seed,
    )


def _drawn(rng: Random, company: Company) -> list[tuple[Invoice, Form]]:
    """As many invoices as there are documents: a third of each form, every supplier about as often, one credit note."""
    twice = {
        id_ for item in company.truth if item.procedure == "P2P-01" for id_ in item.where.fields.get("Invoice_ID", ())
    }
    forms = _forms(rng, company)
    by_form: dict[Form, dict[str, list[Invoice]]] = {form: {} for form in Form}
    notes = []
    for invoice in company.purchasing.invoices:
        if invoice.net < 0:
            notes.append(invoice)
        elif invoice.id not in twice:
            by_form[forms[invoice.supplier.id]].setdefault(invoice.supplier.id, []).append(invoice)
    note = rng.choice(notes)
    drawn = [(note, forms[note.supplier.id])]
    while len(drawn) < COUNT:
        form = tuple(Form)[len(drawn) % len(Form)]
        supplier = rng.choice(sorted(by_form[form]))
        invoices = by_form[form][supplier]
        drawn.append((invoices.pop(rng.randrange(len(invoices))), form))
        if not invoices:
            del by_form[form][supplier]
    return drawn


def _forms(rng: Random, company: Company) -> dict[str, Form]:
    """Each supplier sends one form; a third of those with orders and a third of the others send the same."""
    forms = {}
    for suppliers in (company.suppliers.goods, list(company.suppliers.by_name.values())):
        for index, supplier in enumerate(rng.sample(suppliers, len(suppliers))):
            forms[supplier.id] = tuple(Form)[index % len(Form)]
    return forms


class _Names:
    """Paths as a scanning department files them: month of entry, supplier, number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path(self, invoice: Invoice, form: Form) -> str:
        supplier = "-".join(invoice.supplier.name.split()[:2])
        number = re.sub(r"\W", "-", invoice.number)
        stem = f"{invoice.entered:%Y-%m}/{supplier}_{number}"
        while stem in self._taken:
            stem += "-2"
        self._taken.add(stem)
        return f"{stem}.{form.value}"
