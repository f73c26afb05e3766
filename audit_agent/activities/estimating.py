"""Estimating, before anything is spent, what an audit's documents cost to read with a model."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from audit_agent.activities.services import Services
from audit_agent.documents.analysis import DocumentAnalysis
from audit_agent.documents.fetching.fetcher import SetFetcher
from audit_agent.documents.manifest import load_manifest, read_entries
from audit_agent.documents.reading.reader import ReadingTask
from audit_agent.documents.s3 import S3Access
from audit_agent.domain.documents import DocumentEntry
from audit_agent.domain.ids import AuditId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.record import Digest
from audit_agent.domain.spend import SpendEstimate
from audit_agent.llm.errors import ModelRequestRefusedError
from audit_agent.procedures.documents import Parameters
from audit_agent.store.audits import Audits
from audit_agent.store.ledger import DatabaseLedger

SAMPLE = 20
"""Documents that are counted, spread over the set, the same ones each time."""
_STRIDE = 7919
"""A prime, so that documents that alternate are met in turn."""


def sample_of(count: int) -> list[int]:
    """Where in a set the sample lies: one in each equal part of it, at a place that follows no rhythm of the set."""
    parts = min(SAMPLE, count)
    bounds = [number * count // parts for number in range(parts + 1)]
    return [begin + number * _STRIDE % (end - begin) for number, (begin, end) in enumerate(pairwise(bounds))]


async def estimate_documents(
    services: Services, audit: AuditId, documents: Digest, step: PlanStep
) -> SpendEstimate | None:
    """What a documents step costs; None without a model, without documents, or where the service does not count."""
    if services.estimator is None:
        return None
    manifest = await asyncio.to_thread(load_manifest, services.evidence, documents)
    if not manifest.count:
        return None
    questions = Parameters.parse(step.procedure, step.parameters).questions
    task = ReadingTask(audit=audit, purpose=f"document/{step.id}/estimate", questions=questions)
    offsets = sample_of(manifest.count)

    def sample() -> Sequence[DocumentEntry]:
        return [entry for offset in offsets for entry in read_entries(services.evidence, manifest, offset, 1)]

    counting = services.estimator.counting()
    fetching = SetFetcher(manifest, services.fetching, services.evidence, S3Access(), services.clock)
    with services.texts.borrowed() as texts:
        async with fetching as fetcher:
            analysis = DocumentAnalysis(fetcher, services.evidence, texts, counting, lambda _: task)
            try:
                await analysis.page(await asyncio.to_thread(sample))
            except ModelRequestRefusedError:
                # What speaks the service's language at another address need not count.
                return None
    ledger, request = DatabaseLedger(services.database), Audits(services.database).request
    answer = await asyncio.to_thread(ledger.usual_output, services.estimator.model, "document/")
    economy = (await asyncio.to_thread(request, audit)).economy
    return services.estimator.estimate(counting, len(offsets), manifest.count, answer, economy)
