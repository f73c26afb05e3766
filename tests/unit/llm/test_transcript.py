"""What a model sees of a long investigation: the newest in full, the rest by reference, and nothing lost."""

from audit_agent.domain.ids import StepId
from audit_agent.domain.investigation import Lead
from audit_agent.domain.investigation_paper import ResultRow, ToolCall, ToolResult, Turn
from audit_agent.llm.claude.transcript import LONGEST_RESULT, MOST_CHARACTERS, transcript
from audit_agent.llm.contexts import InvestigationContext, SeenTurn
from audit_agent.llm.prompts import as_data
from tests.peers.audit_samples import AUDIT

LEAD = Lead(id="S01-I01", step=StepId("S01"), procedure="JE-02", title="A", exceptions=("S01-E00001",))


def context(results: int, characters: int) -> InvestigationContext:
    call = ToolCall(tool="rows", arguments={"table": "GL_Detail"})
    turns = tuple(
        SeenTurn(
            turn=Turn(note=f"Turn {number}.", calls=(call,), by="m"),
            results=(
                ToolResult(
                    ref=f"T{number:02d}",
                    call=call,
                    rows=tuple(
                        ResultRow(cite=f"GL_Detail:gl.csv:{row}", values={"Text": "x" * (characters // 10)})
                        for row in range(10)
                    ),
                ),
            ),
        )
        for number in range(1, results + 1)
    )
    return InvestigationContext(
        audit=AUDIT,
        lead=LEAD,
        procedure=None,
        exceptions=(),
        tables={},
        tools=(),
        seen=turns,
        turns_left=1,
        calls_left=1,
    )


def test_a_short_investigation_is_seen_in_full() -> None:
    told = transcript(context(3, 500))

    assert [len(turn["results"][0]["rows"]) for turn in told] == [10, 10, 10]  # type: ignore[index]


def test_of_a_long_one_every_reference_is_left_and_the_newest_rows() -> None:
    told = transcript(context(40, 5_000))

    assert [turn["results"][0]["result"] for turn in told] == [f"T{number:02d}" for number in range(1, 41)]  # type: ignore[index]
    assert told[0]["results"][0]["rows"] == "10 rows, not in view; `recall` shows them."  # type: ignore[index]
    assert len(told[-1]["results"][0]["rows"]) == 10  # type: ignore[index]
    assert len(as_data(told)) < 2 * MOST_CHARACTERS


def test_one_huge_result_is_cut_and_says_so() -> None:
    [turn] = transcript(context(1, 10 * LONGEST_RESULT))

    result = turn["results"][0]  # type: ignore[index]
    assert (len(result["rows"]), "more" in result) == (0, True)
