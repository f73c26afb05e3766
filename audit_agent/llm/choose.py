"""Which analyst works: a model where there is a key, else the rules."""

from pathlib import Path
from typing import Literal

from audit_agent.domain.catalogue import Catalogue
from audit_agent.domain.ledger import Ledger
from audit_agent.llm.analyst import Analyst
from audit_agent.llm.calls import Calls, PaidCalls
from audit_agent.llm.desk import Desk
from audit_agent.llm.errors import ModelKeyRejectedError
from audit_agent.llm.gateway.client import GatewayAddress, GatewayCalls
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.llm.turns import Turns


def choose_analyst(
    analyst: Literal["auto", "offline", "anthropic"],
    *,
    api_key: str | None,
    base_url: str | None,
    gateway: GatewayAddress | None,
    model: str,
    ledger: Ledger,
    catalogue: Catalogue,
    prompts: Path,
) -> Analyst:
    """The analyst the settings ask for. `auto` takes the model when there is a key.

    Raises ModelKeyRejectedError when a model is asked for without a key, or a gateway that has one.
    """
    if analyst == "offline" or (analyst == "auto" and not api_key):
        return OfflineAnalyst(catalogue)
    # The SDK takes long to load, and most commands never call a model.
    from audit_agent.llm.claude.analyst import ClaudeAnalyst
    from audit_agent.llm.prompts import Prompts

    calls = GatewayCalls(gateway) if gateway else paid_calls(ledger, api_key=api_key, base_url=base_url)
    return ClaudeAnalyst(calls, Prompts(prompts), catalogue, model)


def paid_calls(
    ledger: Ledger, *, api_key: str | None, base_url: str | None, turns: Turns | None = None, desk: Desk | None = None
) -> Calls:
    """Calls made by this process; raises ModelKeyRejectedError without a key."""
    from audit_agent.llm.claude.transport import AnthropicTransport
    from audit_agent.llm.claude.wire import OUTPUTS
    from audit_agent.llm.prices import load_prices

    if not api_key:
        raise ModelKeyRejectedError(
            "A model needs an API key, and there is none.",
            "Set ANTHROPIC_API_KEY, or AUDIT_AGENT_ANALYST=offline.",
        )
    return PaidCalls(ledger, AnthropicTransport(OUTPUTS, api_key, base_url), load_prices(), turns=turns, desk=desk)
