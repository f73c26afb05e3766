"""Who looks after batches, and whether documents are read by way of them."""

from audit_agent.documents.reading.reader import DocumentReader
from audit_agent.domain.batches import BatchBook
from audit_agent.domain.evidence import Evidence
from audit_agent.llm.batches.draft import BatchDraft
from audit_agent.llm.batches.economy import Economy
from audit_agent.llm.batches.port import BatchDesk
from audit_agent.llm.gateway.client import GatewayAddress, GatewayBatches
from audit_agent.llm.prices import load_prices


def batch_desk(
    book: BatchBook, evidence: Evidence, *, api_key: str | None, base_url: str | None, gateway: GatewayAddress | None
) -> BatchDesk | None:
    """Who looks after batches: a gateway, or this process; None without a key to do it with."""
    if gateway:
        return GatewayBatches(gateway)
    if not api_key:
        return None
    from audit_agent.llm.batches.service import BatchService
    from audit_agent.llm.claude.batches import AnthropicBatches

    return BatchService(book, evidence, AnthropicBatches(api_key, base_url), load_prices())


def choose_economy(
    reader: DocumentReader, desk: BatchDesk | None, book: BatchBook, evidence: Evidence, batch_from: int
) -> Economy | None:
    """How documents are read at half price; None where no model reads them."""
    if desk is None:
        return None
    from audit_agent.llm.claude.documents import ModelReader

    if not isinstance(reader, ModelReader):
        return None

    def draft() -> BatchDraft:
        # The SDK takes longer to load than all else, and few workers ever fill a batch.
        from audit_agent.llm.claude.requests import Requests
        from audit_agent.llm.claude.wire import OUTPUTS

        return BatchDraft(book, evidence, load_prices(), Requests(OUTPUTS).request)

    return Economy(desk, draft, reader.call_for, batch_from)
