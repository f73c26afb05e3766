"""A model call as a value: what is sent, what identifies it, and what comes back."""

from typing import Literal

from pydantic import Field

from audit_agent.domain.record import Digest, Record, digest_of


class Image(Record):
    """A picture that is sent beside the words, as base64."""

    media_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    data: str


class ChatMessage(Record):
    """One turn of the conversation that is sent."""

    role: Literal["user", "assistant"]
    content: str
    images: tuple[Image, ...] = Field(default=(), exclude_if=lambda images: not images)
    """Before the words; left out of the bytes, and so of the key, where there are none."""


class ModelCall(Record):
    """A call to a model, bound to a schema by the schema's name and version.

    It can travel between processes: the type behind `output` is looked up where the call is sent.
    """

    audit: str
    purpose: str
    """What it is for, such as `plan/1`; spend is shown by it."""
    model: str
    prompt: str
    """Name and version of the prompt template, such as `plan/v1`."""
    output: str
    """Name and version of the answer's schema, such as `plan/1`."""
    system: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int

    @property
    def key(self) -> Digest:
        """What makes this call this call. Who asks, and why, is no part of it."""
        return digest_of(self.model_dump(mode="json", exclude={"audit", "purpose"}))

    def repaired(self, answer: str, complaint: str) -> "ModelCall":
        """The follow-up that shows the model its answer and what is wrong with it."""
        return self.model_copy(
            update={
                "purpose": f"{self.purpose}/repair",
                "messages": (
                    *self.messages,
                    ChatMessage(role="assistant", content=answer or "(no answer)"),
                    ChatMessage(role="user", content=complaint),
                ),
            }
        )
