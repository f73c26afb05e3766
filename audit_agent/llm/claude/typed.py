"""Typed answers: asked once, and once more with what is wrong."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from audit_agent.llm.call import ChatMessage, Image, ModelCall
from audit_agent.llm.calls import Calls
from audit_agent.llm.errors import ModelAnswerInvalidError
from audit_agent.llm.prompts import Prompt, Prompts

Answer = TypeVar("Answer", bound=BaseModel)
_REPAIR = "repair/v1"


class Question(NamedTuple, Generic[Answer]):
    """What is asked, and the schema its answer is bound to."""

    audit: str
    purpose: str
    prompt: Prompt
    output: str
    type: type[Answer]
    max_tokens: int
    images: tuple[Image, ...] = ()


class Checked(NamedTuple, Generic[Answer]):
    """An answer that fits the schema, and what is still wrong with it after one repair."""

    answer: Answer
    problems: tuple[str, ...]


class Asker:
    """Asks a model through the ledger, for answers of a type."""

    def __init__(self, calls: Calls, prompts: Prompts, model: str) -> None:
        self._calls = calls
        self._prompts = prompts
        self._model = model

    async def ask(
        self, question: Question[Answer], problems_of: Callable[[Answer], tuple[str, ...]]
    ) -> Checked[Answer]:
        """The answer. One that does not fit the schema, or has problems, is sent back once.

        Raises ModelAnswerInvalidError when it does not fit the schema the second time either, and what
        `Calls.ask` raises.
        """
        call = self.call_for(question)
        first = await self._calls.ask(call)
        answer, problems = _read(first.text, question, problems_of)
        if answer is not None and not problems:
            return Checked(answer, ())
        complaint = self._prompts.render(_REPAIR, problems=problems)
        again = await self._calls.ask(call.repaired(first.text, complaint.user))
        answer, problems = _read(again.text, question, problems_of)
        if answer is None:
            raise ModelAnswerInvalidError(
                f"The model {again.model} did not give {question.purpose} of {question.audit} the form it was asked "
                f"for: {' '.join(problems)}",
                "Use another model (AUDIT_AGENT_MODEL) or the offline analyst (AUDIT_AGENT_ANALYST=offline).",
            )
        return Checked(answer, problems)

    def call_for(self, question: Question[Answer]) -> ModelCall:
        """The call that asks it first."""
        return ModelCall(
            audit=question.audit,
            purpose=question.purpose,
            model=self._model,
            prompt=question.prompt.name,
            output=question.output,
            system=question.prompt.system,
            messages=(ChatMessage(role="user", content=question.prompt.user, images=question.images),),
            max_tokens=question.max_tokens,
        )


def _read(
    text: str, question: Question[Answer], problems_of: Callable[[Answer], tuple[str, ...]]
) -> tuple[Answer | None, tuple[str, ...]]:
    try:
        answer = question.type.model_validate_json(text)
    except ValidationError as error:
        return None, tuple(f"{_place(item['loc'])}: {item['msg']}." for item in error.errors()[:20])
    return answer, problems_of(answer)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the answer"
