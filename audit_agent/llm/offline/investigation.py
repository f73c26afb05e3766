"""Investigations by rule: per procedure a script of look-ups and what they mean. The same tools, the same checks."""

from collections.abc import Iterable

from audit_agent.domain.investigation import Conclusion, Judgement, Statement, undetermined
from audit_agent.domain.investigation_paper import MOST_CALLS, ToolCall, Turn, settled
from audit_agent.llm.analyst import Check
from audit_agent.llm.contexts import InvestigationContext
from audit_agent.llm.offline import scripts_journals, scripts_purchases
from audit_agent.llm.offline.scripts import Outcome, Script

SCRIPTS: dict[str, Script] = scripts_purchases.SCRIPTS | scripts_journals.SCRIPTS


def turn_by_rule(context: InvestigationContext, check: Check, by: str) -> Turn:
    """The next look-ups of the script, or what it concludes once all of them are made."""
    script = SCRIPTS.get(context.lead.procedure)
    if script is None:
        why = "There is no script for exceptions of this kind; a person has to look into them."
        return Turn(note="Nothing to look up.", conclusion=undetermined(why), by=by)
    made = [result.call for result in context.results]
    calls = _distinct(call for item in context.exceptions for call in script.calls(context, item))
    ahead = [call for call in calls if call not in made][: min(MOST_CALLS, context.calls_left)]
    if ahead and not context.is_last:
        return Turn(note=script.looks_for, calls=tuple(ahead), by=by)
    conclusion = settled(context.lead, _concluded(context, script, by))
    if problems := check(conclusion):
        conclusion = undetermined(f"The script's conclusion does not stand: {' '.join(problems)}")
    return Turn(note="Every look-up of the script is made.", conclusion=conclusion, by=by)


def _concluded(context: InvestigationContext, script: Script, by: str) -> Conclusion:
    outcomes = {item.ref: script.conclude(context, item) for item in context.exceptions}
    return Conclusion(
        judgement=_together(outcomes.values()),
        statements=tuple(Statement(text=one.text, citations=one.citations) for one in outcomes.values()),
        explained=tuple(ref for ref, one in outcomes.items() if one.judgement is Judgement.EXPLAINED),
        by=by,
    )


def _together(outcomes: Iterable[Outcome]) -> Judgement:
    """Confirmed as soon as one exception is; explained only where all are."""
    found = {one.judgement for one in outcomes}
    order = (Judgement.CONFIRMED, Judgement.UNDETERMINED, Judgement.EXPLAINED)
    return next(judgement for judgement in order if judgement in found)


def _distinct(calls: Iterable[ToolCall]) -> list[ToolCall]:
    distinct: list[ToolCall] = []
    for call in calls:
        if call not in distinct:
            distinct.append(call)
    return distinct
