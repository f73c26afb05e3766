"""An answer as it comes over the wire, and what of it is kept."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from audit_agent.domain.spend import Tokens
from audit_agent.llm.transport import Delivered


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Block(_Wire):
    type: str
    text: str = ""


class _Usage(_Wire):
    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


class _StopDetails(_Wire):
    explanation: str | None = None
    category: str | None = None


class Message(_Wire):
    """An answer as the service tells it, alone or in a batch."""

    id: str = ""
    type: Literal["message"]
    model: str
    content: tuple[_Block, ...]
    stop_reason: str | None
    stop_details: _StopDetails | None = None
    usage: _Usage

    def delivered(self, request_id: str) -> Delivered:
        """What of it is kept."""
        details = self.stop_details or _StopDetails()
        return Delivered(
            text="".join(block.text for block in self.content if block.type == "text"),
            stop_reason=self.stop_reason or "",
            stop_detail=details.explanation or details.category or "",
            model=self.model,
            tokens=Tokens(
                input=self.usage.input_tokens,
                output=self.usage.output_tokens,
                cache_write=self.usage.cache_creation_input_tokens or 0,
                cache_read=self.usage.cache_read_input_tokens or 0,
            ),
            request_id=request_id,
        )
