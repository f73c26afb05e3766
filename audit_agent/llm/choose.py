"""Who works: a model where there is a key, else the rules."""

from pathlib import Path
from typing import Literal

from audit_agent.documents.reading.reader import DocumentReader, OfflineReader
from audit_agent.domain.catalogue import Catalogue
from audit_agent.domain.ledger import Ledger
from audit_agent.llm.analyst import Analyst
from audit_agent.llm.calls import Calls, PaidCalls
from audit_agent.llm.desk import Desk
from audit_agent.llm.errors import ModelKeyRejectedError
from audit_agent.llm.estimating import Estimator
from audit_agent.llm.gateway.client import GatewayAddress, GatewayCalls
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.llm.turns import Turns


def model_calls(
    analyst: Literal["auto", "offline", "anthropic"],
    *,
    api_key: str | None,
    base_url: str | None,
    gateway: GatewayAddress | None,
    ledger: Ledger,
) -> GatewayCalls | PaidCalls | None:
    """The calls that all who ask a model share; None where the settings ask for none. `auto` has some with a key.

    Raises ModelKeyRejectedError when a model is asked for without a key, or a gateway that has one.
    """
    if analyst == "offline" or (analyst == "auto" and not api_key):
        return None
    return GatewayCalls(gateway) if gateway else paid_calls(ledger, api_key=api_key, base_url=base_url)


def choose_analyst(calls: Calls | None, *, model: str, catalogue: Catalogue, prompts: Path) -> Analyst:
    """The analyst: a model's, which closes the calls, or rules."""
    if calls is None:
        return OfflineAnalyst(catalogue)
    # The SDK takes long to load, and most commands never call a model.
    from audit_agent.llm.claude.analyst import ClaudeAnalyst
    from audit_agent.llm.prompts import Prompts

    return ClaudeAnalyst(calls, Prompts(prompts), catalogue, model)


def document_reader(calls: Calls | None, *, model: str, prompts: Path) -> DocumentReader:
    """Who reads documents: a model beside the rules, or rules alone."""
    if calls is None:
        return OfflineReader()
    from audit_agent.llm.claude.documents import ModelReader
    from audit_agent.llm.prompts import Prompts

    return ModelReader(calls, Prompts(prompts), model)


def document_estimator(
    calls: GatewayCalls | PaidCalls | None, reader: DocumentReader, *, model: str
) -> Estimator | None:
    """Who estimates what reading documents costs; None where rules read them."""
    if calls is None:
        return None
    from audit_agent.llm.claude.documents import ModelReader
    from audit_agent.llm.prices import load_prices

    return Estimator(calls, reader, load_prices(), model) if isinstance(reader, ModelReader) else None


def paid_calls(
    ledger: Ledger, *, api_key: str | None, base_url: str | None, turns: Turns | None = None, desk: Desk | None = None
) -> PaidCalls:
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
