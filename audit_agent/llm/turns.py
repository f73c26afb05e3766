"""When a call may be sent: at once, or when a pace allows."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from audit_agent.llm.call import ModelCall


class Turn:
    """A place among the calls in flight. Only what is sent counts; a look at the ledger does not."""

    def __init__(self) -> None:
        self.used = False

    def use(self) -> None:
        """Say that the call is being sent."""
        self.used = True


class Turns(Protocol):
    """Says when a call may be sent."""

    def turn(self, call: ModelCall) -> AbstractAsyncContextManager[Turn]:
        """Within the block the call may be reserved and sent; entering waits for that."""
        ...


class AtOnce:
    """Implements `Turns`: every call is sent as soon as it is asked for."""

    def turn(self, call: ModelCall) -> AbstractAsyncContextManager[Turn]:
        """Wait for nothing."""
        return nullcontext(Turn())
