"""Turns of an investigation taken by a model: it chooses tools and words a conclusion; code checks both."""

from audit_agent.domain.investigation import Conclusion, Judgement, Statement, undetermined
from audit_agent.domain.investigation_paper import MOST_CALLS, ToolCall, Turn, settled
from audit_agent.llm.analyst import Check
from audit_agent.llm.claude.transcript import transcript
from audit_agent.llm.claude.typed import Asker, Question
from audit_agent.llm.claude.wire import WireConclusion, WireTurn
from audit_agent.llm.contexts import InvestigationContext
from audit_agent.llm.prompts import Prompts

_TURN_TOKENS = 12_000
_LONGEST_NOTE = 1_000
_LONGEST_STATEMENT, _MOST_STATEMENTS, _MOST_CITATIONS = 1_000, 20, 20


async def take_turn(asker: Asker, prompts: Prompts, context: InvestigationContext, check: Check, name: str) -> Turn:
    """The model's next turn; raises what `Asker.ask` raises."""
    prompt = prompts.render(
        "turn/v1",
        audit=context.audit,
        tools=context.tools,
        lead=context.lead,
        procedure=context.procedure,
        exceptions=[
            item.model_dump(mode="json", exclude={"score", "sources"})
            | {"rows": [f"{source.table}:{source.file}:{source.row}" for source in item.sources[:10]]}
            for item in context.exceptions
        ],
        tables=context.tables,
        owners=context.owners,
        turns=transcript(context),
        turns_left=context.turns_left,
        calls_left=context.calls_left,
        is_last=context.is_last,
    )
    purpose = f"investigation/{context.lead.id}/{context.number}"
    question = Question(context.audit, purpose, prompt, "turn/1", WireTurn, _TURN_TOKENS)
    checked = await asker.ask(question, lambda wire: _problems(wire, context, check, name))
    note = checked.answer.note[:_LONGEST_NOTE]
    if checked.problems:
        why = f"What {name} concluded or asked for does not stand: {' '.join(checked.problems)}"
        return Turn(note=note, conclusion=undetermined(why[:_LONGEST_STATEMENT]), by=name)
    if checked.answer.conclusion is not None:
        return Turn(note=note, conclusion=_conclusion(checked.answer.conclusion, context, name), by=name)
    return Turn(note=note, calls=_calls(checked.answer), by=name)


def _problems(wire: WireTurn, context: InvestigationContext, check: Check, name: str) -> tuple[str, ...]:
    if wire.conclusion is not None:
        if wire.calls:
            return ("A turn either calls tools or concludes.",)
        return _shape(wire.conclusion) or check(_conclusion(wire.conclusion, context, name))
    if context.is_last:
        return ("No turn or no tool call is left. Conclude from what is known; undetermined is a conclusion.",)
    if not wire.calls:
        return ("Call a tool, or conclude.",)
    most = min(MOST_CALLS, context.calls_left)
    if len(wire.calls) > most:
        return (f"One turn calls at most {most} tools.",)
    known = {tool.name for tool in context.tools}
    return tuple(f"There is no tool {call.tool!r}." for call in wire.calls if call.tool not in known)


def _shape(wire: WireConclusion) -> tuple[str, ...]:
    if not 1 <= len(wire.statements) <= _MOST_STATEMENTS:
        return (f"A conclusion has from 1 to {_MOST_STATEMENTS} statements.",)
    problems = [
        f"Statement {number} is too long: at most {_LONGEST_STATEMENT} characters and {_MOST_CITATIONS} citations."
        for number, statement in enumerate(wire.statements, 1)
        if not 1 <= len(statement.text) <= _LONGEST_STATEMENT or len(statement.citations) > _MOST_CITATIONS
    ]
    return tuple(problems)


def _conclusion(wire: WireConclusion, context: InvestigationContext, name: str) -> Conclusion:
    conclusion = Conclusion(
        judgement=Judgement(wire.judgement),
        statements=tuple(Statement(text=one.text, citations=tuple(one.citations)) for one in wire.statements),
        explained=tuple(wire.explained),
        by=name,
    )
    return settled(context.lead, conclusion)


def _calls(wire: WireTurn) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(tool=call.tool, arguments={item.name: item.value for item in call.arguments}) for call in wire.calls
    )
