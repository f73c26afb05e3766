"""Explained exceptions: named, and counted neither in a finding's number nor in its amount."""

from collections.abc import Iterable
from decimal import Decimal

from audit_agent.domain.investigation_paper import Inquiry
from audit_agent.domain.wording import counted
from audit_agent.domain.workpaper import Workpaper


def without_explained(paper: Workpaper, inquiries: Iterable[Inquiry]) -> Workpaper:
    """The workpaper as a finding counts it: without the exceptions that investigations explained."""
    gone = {ref for one in inquiries for ref in one.explained}
    explained = [item for item in paper.top if item.ref in gone]
    if not explained:
        return paper
    amount = paper.exception_amount
    if amount is not None:
        amount -= sum((item.amount or Decimal(0) for item in explained if item.currency == paper.currency), Decimal(0))
    return paper.model_copy(
        update={
            "exception_count": paper.exception_count - len(explained),
            "exception_lines": paper.exception_lines - sum(item.source_count for item in explained),
            "exception_amount": amount,
            "top": tuple(item for item in paper.top if item.ref not in gone),
        }
    )


def explained_in_words(inquiries: Iterable[Inquiry]) -> str:
    """Which exceptions are not counted, and why; empty where none is explained."""
    told = [f"{', '.join(one.explained)} ({one.lead}: {one.told})" for one in inquiries if one.explained]
    number = sum(len(one.explained) for one in inquiries)
    if not told:
        return ""
    return f"Explained and not counted: {counted(number, 'exception')}. {' '.join(told)}"
