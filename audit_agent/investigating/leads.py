"""Which exceptions are looked into together, and how many groups of them."""

from collections.abc import Iterable

from audit_agent.domain.investigation import MOST_EXCEPTIONS, FollowUp, InvestigationLimits, Lead
from audit_agent.domain.workpaper import ExceptionItem, Workpaper

_BY_PROCEDURE = {"JE-09": "", "JE-11": "GL_Account_Number"}
_BY_CYCLE = {"P2P": ("Supplier_Account_ID", "Supplier"), "JE": ("Entered_By", "User")}
"""What exceptions are grouped by: one innocent explanation often covers all of a supplier's or user's."""


def leads_of(paper: Workpaper, question: str, limits: InvestigationLimits) -> tuple[Lead, ...]:
    """The groups of a workpaper's most unusual exceptions, the most unusual first; no more than the limits allow."""
    groups: dict[str, list[ExceptionItem]] = {}
    for item in paper.top:
        groups.setdefault(_title(paper.procedure, item), []).append(item)
    first = list(groups.items())[: limits.leads_a_step]
    return tuple(
        Lead(
            id=f"{paper.step}-I{number:02d}",
            step=paper.step,
            procedure=paper.procedure,
            title=title,
            exceptions=tuple(item.ref for item in items[:MOST_EXCEPTIONS]),
            questions=(question,) if question else (),
        )
        for number, (title, items) in enumerate(first, 1)
    )


def asked_again(leads: Iterable[Lead], asked: FollowUp) -> tuple[Lead, ...]:
    """Leads with one more question: those whose lead or exceptions the question names, or all of them."""
    leads = tuple(leads)
    named = tuple(lead for lead in leads if any(ref in asked.question for ref in (lead.id, *lead.exceptions)))
    return tuple(
        lead.model_copy(update={"questions": (*lead.questions, asked.question or "Look into it again.")})
        for lead in named or leads
    )


def _title(procedure: str, item: ExceptionItem) -> str:
    cycle, word = _BY_CYCLE.get(procedure.split("-")[0], ("", ""))
    field = _BY_PROCEDURE.get(procedure, cycle)
    value = item.facts.get(field, "")
    if not value:
        return item.key
    return f"{word} {value}" if field == cycle else item.key
