"""Scripts for suppliers' invoices: entered twice, and at odds with orders and receipts."""

from collections.abc import Mapping
from decimal import Decimal

from audit_agent.domain.investigation_paper import ToolCall
from audit_agent.domain.investigation_tools import RELATED
from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.llm.contexts import InvestigationContext
from audit_agent.llm.offline.scripts import Outcome, Script, Seen, confirmed, explained, rows, seen, unclear

_INVOICES, _PAYMENTS = "Invoices_Received", "Payments_Made"
_INSTALMENTS = 3
"""Equal invoices that make a schedule, each in a month of its own."""


def _duplicate_calls(context: InvestigationContext, item: ExceptionItem) -> list[ToolCall]:
    calls = [_alike(item), _credited(item)]
    return [*calls, _paid(item)] if _PAYMENTS in context.tables else calls


def _duplicate(context: InvestigationContext, item: ExceptionItem) -> Outcome:
    alike, credited = seen(context, _alike(item)), seen(context, _credited(item))
    paid = seen(context, _paid(item))
    if not alike.ref:
        return unclear(f"{item.ref}: the invoices of the supplier were not looked up.", item.ref)
    if any(row.values.get("Invoice_Date", "") >= item.facts.get("Invoice_Date", "") for row in credited.rows):
        text = f"{item.ref}: a credit note over the same amount cancels the repeated invoice."
        return explained(text, item.ref, *credited.citations)
    copies = [row for row in alike.rows if _number(row.values) == _number(item.facts)]
    months = {row.values.get("Invoice_Date", "")[:7] for row in copies}
    if len(copies) >= _INSTALMENTS and len(months) == len(copies):
        return explained(
            f"{item.ref}: the supplier bills this number once in each of several months, by contract.",
            item.ref,
            *alike.citations,
        )
    text = f"{item.ref}: no credit note or reversal over this amount exists, in any period; the invoices stand."
    told = (item.ref, *alike.citations, credited.ref)
    if len(paid.rows) > 1:
        text += f" Payments over this amount to the supplier: {len(paid.rows)}."
        told = (*told, *paid.citations)
    return confirmed(text, *told)


def _number(values: Mapping[str, str]) -> str:
    return "".join(filter(str.isalnum, values.get("Invoice_Number", ""))).casefold()


def _alike(item: ExceptionItem) -> ToolCall:
    return rows(_INVOICES, Supplier_Account_ID=_of(item), Invoice_Amount=item.facts.get("Invoice_Amount", ""))


def _credited(item: ExceptionItem) -> ToolCall:
    amount = Decimal(item.facts.get("Invoice_Amount") or 0)
    return rows(_INVOICES, Supplier_Account_ID=_of(item), Invoice_Amount=f"{-amount:f}")


def _paid(item: ExceptionItem) -> ToolCall:
    return rows(_PAYMENTS, Supplier_Account_ID=_of(item), Payment_Amount=item.facts.get("Invoice_Amount", ""))


def _of(item: ExceptionItem) -> str:
    return item.facts.get("Supplier_Account_ID", "")


def _match_calls(context: InvestigationContext, item: ExceptionItem) -> list[ToolCall]:
    return [_order(item), _credits(item)]


def _mismatch(context: InvestigationContext, item: ExceptionItem) -> Outcome:
    order, credits = seen(context, _order(item)), seen(context, _credits(item))
    if not order.ref:
        return unclear(f"{item.ref}: the order and its receipts were not looked up.", item.ref)
    if credit := _over(credits, item.amount):
        return explained(f"{item.ref}: the supplier credited the difference afterwards.", item.ref, credits.ref, credit)
    placed = [row for row in order.rows if row.cite.startswith("Purchase_Orders:")]
    arrived = [row for row in order.rows if row.cite.startswith("Goods_Received:")]
    if not placed:
        what = "no order of that number exists"
    else:
        what = "what was ordered and received is recorded" if arrived else "nothing was received on the order"
    text = f"{item.ref}: {what}; no credit note over the difference exists, in any period."
    return confirmed(text, item.ref, *order.citations, credits.ref)


def _order(item: ExceptionItem) -> ToolCall:
    return ToolCall(tool=RELATED, arguments={"column": "PO_ID", "value": item.facts.get("PO_ID", "")})


def _credits(item: ExceptionItem) -> ToolCall:
    return rows(_INVOICES, **{"Supplier_Account_ID": _of(item), "Invoice_Amount<=": "-0.01"})


def _over(credits: Seen, amount: Decimal | None) -> str:
    """The credit note over exactly this amount, with or without its tax; empty where there is none."""
    for row in credits.rows:
        gross = -Decimal(row.values.get("Invoice_Amount", "0"))
        tax = abs(Decimal(row.values.get("Tax_Amount", "0")))
        if amount is not None and amount in (gross, gross - tax):
            return row.cite
    return ""


SCRIPTS = {
    "P2P-01": Script("A credit note, a schedule, or payments of both.", _duplicate_calls, _duplicate),
    "P2P-04": Script("The order, what was received on it, and credit notes.", _match_calls, _mismatch),
}
