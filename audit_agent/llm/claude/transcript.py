"""What a model sees of an investigation so far: the newest results in full, older ones by reference."""

from audit_agent.domain.investigation_paper import ToolResult
from audit_agent.llm.contexts import InvestigationContext, SeenTurn
from audit_agent.llm.prompts import as_data

MOST_CHARACTERS = 60_000
"""Of results in view. What is beyond, the oldest first, is there by reference, and `recall` shows it again."""
LONGEST_RESULT = 8_000
"""Characters of one result; rows beyond them are counted."""


def transcript(context: InvestigationContext) -> list[dict[str, object]]:
    """The turns in order. A result's rows are left out once newer results have used up the room."""
    room = MOST_CHARACTERS
    told: list[dict[str, object]] = []
    for number, turn in reversed(list(enumerate(context.seen, 1))):
        results: list[dict[str, object]] = []
        for result in reversed(turn.results):
            shown = _shown(result)
            size = len(as_data(shown))
            if size > room:
                shown, room = _by_reference(result), 0
            else:
                room -= size
            results.insert(0, shown)
        told.insert(0, _turn(number, turn, results))
    return told


def _turn(number: int, turn: SeenTurn, results: list[dict[str, object]]) -> dict[str, object]:
    ended = turn.turn.conclusion
    concluded = {"concluded": ended.model_dump(mode="json")} if ended is not None else {}
    return {"turn": number, "note": turn.turn.note, "results": results, **concluded}


def _head(result: ToolResult) -> dict[str, object]:
    return {"result": result.ref, "tool": result.call.tool, "arguments": result.call.arguments}


def _shown(result: ToolResult) -> dict[str, object]:
    if result.problem:
        return {**_head(result), "problem": result.problem}
    rows: list[dict[str, str]] = []
    size = 0
    for row in result.rows:
        entry = ({"cite": row.cite} if row.cite else {}) | row.values
        size += len(as_data(entry))
        if size > LONGEST_RESULT:
            break
        rows.append(entry)
    left = len(result.rows) - len(rows)
    more = {"more": "There are more rows; ask for fewer at a time."} if result.more or left else {}
    return {**_head(result), "rows": rows, **more}


def _by_reference(result: ToolResult) -> dict[str, object]:
    return {**_head(result), "rows": f"{len(result.rows)} rows, not in view; `recall` shows them."}
