"""When a call may be sent: at once, or when a pace allows."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from audit_agent.llm.call import ModelCall


class Turns(Protocol):
    """Says when a call may be sent."""

    def turn(self, call: ModelCall) -> AbstractAsyncContextManager[None]:
        """Within the block the call may be reserved and sent; entering waits for that."""
        ...


class AtOnce:
    """Implements `Turns`: every call is sent as soon as it is asked for."""

    def turn(self, call: ModelCall) -> AbstractAsyncContextManager[None]:
        """Wait for nothing."""
        return nullcontext()
