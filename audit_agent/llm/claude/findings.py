"""Findings worded by a model: prose from it, figures and severity from code."""

from collections.abc import Mapping

from audit_agent.domain.finding import Finding
from audit_agent.domain.investigation_paper import Inquiry
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.claude.wire import WireFinding
from audit_agent.llm.contexts import FindingContext
from audit_agent.llm.figures import Account, fill
from audit_agent.llm.offline.findings import PARTS, figures_of, finding_by_rule, finding_with
from audit_agent.llm.offline.rules import finding_text

_SHOWN_EXCEPTIONS = 15


def shown(paper: Workpaper) -> dict[str, object]:
    """What the model sees of a workpaper: no query, no digests, the most unusual exceptions."""
    exceptions = [
        item.model_dump(mode="json", include={"ref", "key", "reason", "amount", "currency", "day", "facts"})
        for item in paper.top[:_SHOWN_EXCEPTIONS]
    ]
    kept = {"step", "title", "procedure", "parameters", "population", "statistics", "series", "conclusion"}
    return {**paper.model_dump(mode="json", include=kept), "exceptions": exceptions}


def inquiry_shown(one: Inquiry) -> dict[str, object]:
    """What the model sees of an investigation: what was asked, and what code has checked of the conclusion."""
    kept = {"lead", "title", "questions", "exceptions", "conclusion"}
    return one.model_dump(mode="json", include=kept)


def account_for(paper: Workpaper, context: FindingContext) -> Account:
    """Figures a finding may state literally: those of exceptions, parameters, statistics, conclusions, the standard."""
    meta = context.procedure(paper.procedure)
    concluded = [text for one in context.inquiries(paper.step) for text in _texts(inquiry_shown(one))]
    return Account([*_texts(shown(paper)), *concluded], standards=[meta.standard if meta else ""])


def problems_of(wire: WireFinding, account: Account, figures: Mapping[str, str]) -> tuple[str, ...]:
    """Figures of unknown origin, by part of the finding."""
    return tuple(
        f"{part} states {figure!r}. Use a placeholder, or leave it out."
        for part in PARTS
        for figure in account.unaccounted(getattr(wire, part), figures)
    )


def finding_from(wire: WireFinding, ref: str, paper: Workpaper, context: FindingContext) -> Finding:
    """The finding, with figures where the placeholders stand."""
    figures = figures_of(paper, context)
    worded = {part: fill(getattr(wire, part), figures) for part in PARTS}
    return finding_with(ref, paper, context, finding_text(paper.procedure), worded)


def fallen_back(ref: str, paper: Workpaper, context: FindingContext, why: str) -> Finding:
    """The finding by rule, which says that it is one."""
    finding = finding_by_rule(ref, paper, context)
    return finding.model_copy(update={"condition": f"{finding.condition} (Worded by rule: {why})"})


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (str(key), *_texts(item))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [str(value)]
