"""Freezing an audit's documents, reading them page by page, and showing how far that has come."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from audit_agent.activities.analysts import tell_of_budget
from audit_agent.activities.blobs import load
from audit_agent.activities.contract import Done
from audit_agent.activities.contract_documents import (
    FIND_FAILED_PAGES,
    FREEZE_DOCUMENTS,
    MARK_DOCUMENTS,
    READ_PAGE,
    DocumentsMark,
    DocumentsTask,
    DocumentsToFreeze,
    FailedPage,
    FailedPages,
    FailedSearch,
    FrozenDocuments,
    PageDone,
    PageTask,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.page_reading import PageReading
from audit_agent.activities.services import Services
from audit_agent.documents.analysis import DocumentOutcome, compared
from audit_agent.documents.manifest import load_manifest, read_entries
from audit_agent.documents.outcomes import keep_outcomes, load_outcomes
from audit_agent.documents.sets.asked import asked_set
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.documents import DocumentEntry
from audit_agent.domain.plan import Plan
from audit_agent.llm.errors import BudgetReachedError
from audit_agent.store.audits import Audits
from audit_agent.store.document_runs import DocumentRuns, FinishedPage, StepRun
from audit_agent.store.steps import Steps


class VouchingActivities:
    """Documents against the books; a page that is finished is not read again."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._audits = Audits(services.database)
        self._runs = DocumentRuns(services.database)
        self._steps = Steps(services.database)
        self._reading = PageReading(services)

    @implements(FREEZE_DOCUMENTS)
    def freeze_documents(self, task: DocumentsToFreeze) -> FrozenDocuments:
        """Freeze the set; done once per audit, whatever becomes of its source meanwhile."""
        frozen = self._audits.documents(task.audit)
        if frozen is None:
            books = load(self._evidence, BooksManifest, task.books)
            folder = Path(self._audits.request(task.audit).books)
            given = asked_set(task.documents, self._services.fetching, books, folder, self._evidence)
            digest, manifest = freeze_documents(given, self._evidence)
            at = self._services.clock()
            frozen = self._audits.set_documents(task.audit, digest, manifest.count, manifest.rejected, at)
        economy = self._services.economy is not None and self._services.economy.wanted(
            self._audits.request(task.audit).economy, frozen.count
        )
        return FrozenDocuments(digest=frozen.digest, count=frozen.count, rejected=frozen.rejected, economy=economy)

    @implements(MARK_DOCUMENTS)
    def mark_documents(self, mark: DocumentsMark) -> Done:
        """Show where the reading stands; with the first mark the step is begun."""
        at = self._services.clock()
        if self._runs.mark(_run(mark), mark.total, mark.state, at):
            plan = load(self._evidence, Plan, mark.plan)
            step = next(step for step in plan.steps if step.id == mark.step)
            self._steps.begin(mark.audit, step.id, mark.revision, step.procedure, step.title, at)
        return Done()

    @implements(FIND_FAILED_PAGES)
    def find_failed_pages(self, search: FailedSearch) -> FailedPages:
        """The next pages with documents that failed."""
        found = self._runs.failed_pages(_run(search), search.after, search.final_too, search.limit)
        fields = FailedPage.model_fields
        return FailedPages(pages=tuple(FailedPage(**page.model_dump(include=set(fields))) for page in found))

    @implements(READ_PAGE)
    async def read_page(self, task: PageTask) -> PageDone:
        """Read a page's documents; from the second attempt on, those that failed."""
        known = await asyncio.to_thread(self._runs.page, _run(task), task.offset)
        if known is not None and known.attempts >= task.attempt:
            return _done(known)
        entries, before = await asyncio.to_thread(self._to_read, task, known)
        reader = self._services.rules_reader if task.without_model else self._services.reader
        try:
            read = await self._reading.read(task, entries, reader)
        except BudgetReachedError:
            return PageDone(out_of_budget=True)
        finished = await asyncio.to_thread(self._finish, task, read, before)
        await asyncio.to_thread(tell_of_budget, self._services, task.audit)
        return _done(finished)

    def _to_read(
        self, task: PageTask, known: FinishedPage | None
    ) -> tuple[Sequence[DocumentEntry], tuple[DocumentOutcome, ...]]:
        """The documents to read, and where some of the page were read before, the outcomes of all of them."""
        if known is None:
            manifest = load_manifest(self._evidence, task.documents)
            return read_entries(self._evidence, manifest, task.offset, task.count), ()
        before = load_outcomes(self._evidence, known.outcomes)
        again = (one for one in before if one.may_pass or (task.final_too and one.failure))
        return tuple(outcome.entry for outcome in again), before

    def _finish(
        self, task: PageTask, read: Sequence[DocumentOutcome], before: tuple[DocumentOutcome, ...]
    ) -> FinishedPage:
        with self._services.books.invoices(task.books, self._evidence) as invoices:
            new = read if invoices is None else [compared(outcome, invoices) for outcome in read]
        by_number = {outcome.entry.number: outcome for outcome in (*before, *new)}
        outcomes = [by_number[number] for number in sorted(by_number)]
        page = FinishedPage(
            offset=task.offset,
            count=len(outcomes),
            failed=sum(bool(outcome.failure) for outcome in outcomes),
            passing=sum(outcome.may_pass for outcome in outcomes),
            attempts=task.attempt,
            outcomes=keep_outcomes(self._evidence, outcomes),
        )
        return self._runs.finish_page(_run(task), page, self._services.clock())


def _run(task: DocumentsTask) -> StepRun:
    return StepRun(audit=task.audit, step=task.step, revision=task.revision)


def _done(page: FinishedPage) -> PageDone:
    return PageDone(done=page.count, failed=page.failed, passing=page.passing)
