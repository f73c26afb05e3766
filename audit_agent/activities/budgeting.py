"""Asking for more when a budget is reached, and raising it."""

from decimal import Decimal

from audit_agent.activities.blobs import keep, load
from audit_agent.activities.contract import DRAFT_BUDGET, RAISE_BUDGET, BudgetDraft, Done, Draft, Publication
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.domain.budget import Budget, BudgetProposal, asked_limit, proposed_limit
from audit_agent.domain.money import Money
from audit_agent.domain.record import Digest
from audit_agent.domain.spend import in_dollars
from audit_agent.store.budgets import Budgets
from audit_agent.store.drafts import Drafts
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.words import DraftKind


class BudgetActivities:
    """Code proposes an amount; people decide on it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._budgets = Budgets(services.database)
        self._drafts = Drafts(services.database)
        self._ledger = DatabaseLedger(services.database)

    @implements(DRAFT_BUDGET)
    def draft_budget(self, task: BudgetDraft) -> Draft:
        """A version of the question; the same version is drafted once."""
        digest = self._drafts.find(task.audit, DraftKind.BUDGET, task.version)
        if digest is None:
            digest = self._save(task)
        return _shown(digest, load(self._evidence, BudgetProposal, digest))

    @implements(RAISE_BUDGET)
    def raise_budget(self, approved: Publication) -> Done:
        """Let the audit spend what people agreed to."""
        proposal = load(self._evidence, BudgetProposal, approved.digest)
        self._budgets.raise_to(proposal, self._services.clock())
        return Done()

    def _save(self, task: BudgetDraft) -> Digest:
        budget = self._budgets.of(task.audit)
        assert budget is not None, "only an audit with a budget can reach it"
        rest = self._rest(task)
        proposed, answers = _proposed(budget, rest, task.comments)
        proposal = BudgetProposal(
            audit=task.audit,
            version=task.version,
            limit=budget.limit,
            spent=budget.spent,
            rest=rest,
            proposed=proposed,
            left=task.left,
            unpriced=self._ledger.unpriced(task.audit) or "",
            answers=answers,
        )
        digest = keep(self._evidence, proposal)
        return self._drafts.save(task.audit, DraftKind.BUDGET, task.version, digest, self._services.clock())

    def _rest(self, task: BudgetDraft) -> Decimal | None:
        """What the documents left cost, if they cost what those read so far did."""
        if task.step is None or not task.documents:
            return None
        read = self._ledger.document_spend(task.audit, task.step)
        paid = [line.cost for line in read if line.cost]
        return sum(paid, Decimal(0)) / len(paid) * task.documents if paid else None


def _proposed(budget: Budget, rest: Decimal | None, comments: tuple[str, ...]) -> tuple[Decimal, tuple[str, ...]]:
    least = proposed_limit(budget, rest)
    for wanted in (asked_limit(comment) for comment in comments):
        if wanted is not None and wanted > budget.spent + budget.reserved:
            return wanted, ()
        if wanted is not None:
            return least, (f"{in_dollars(wanted)} is spent already, so that {in_dollars(least)} is proposed.",)
    return least, ()


def _shown(digest: Digest, proposal: BudgetProposal) -> Draft:
    if proposal.unpriced:
        title = f"The price of {proposal.unpriced} is not known, so that no budget can be kept with it."
        return Draft(digest=digest, title=title, nothing_to_decide=True)
    proposed = in_dollars(proposal.proposed)
    rest = "cannot be told" if proposal.rest is None else f"about {in_dollars(proposal.rest)}"
    return Draft(
        digest=digest,
        title=f"Model calls have reached the budget of {in_dollars(proposal.limit)}: raise it to {proposed}?",
        highlights=(
            *proposal.answers,
            f"Spent: {in_dollars(proposal.spent)}",
            f"Left to do with the model: {proposal.left}",
            f"What that costs: {rest}",
        ),
        amounts=(Money(amount=proposal.proposed, currency="USD"),),
    )
