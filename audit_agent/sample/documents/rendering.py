"""Documents as HTML and as UBL, by Jinja templates."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from audit_agent.sample.documents.bill import Bill
from audit_agent.sample.documents.sheet import RECIPIENT, Sheet
from audit_agent.sample.ledger_tables import money

_ENVIRONMENT = Environment(
    loader=PackageLoader("audit_agent.sample.documents"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["money"] = money


def html(sheet: Sheet) -> bytes:
    """A page, in the sender's layout."""
    return _ENVIRONMENT.get_template(f"invoice{sheet.layout}.html.j2").render(sheet=sheet).encode()


def ubl(bill: Bill) -> bytes:
    """An e-invoice of EN 16931."""
    name = "CreditNote" if bill.credit else "Invoice"
    return _ENVIRONMENT.get_template("ubl.xml.j2").render(bill=bill, name=name, recipient=RECIPIENT).encode()
