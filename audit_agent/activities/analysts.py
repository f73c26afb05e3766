"""Which analyst works on an audit: the configured one, until the audit's budget is spent."""

from audit_agent.activities.services import Services
from audit_agent.domain.budget import Budget
from audit_agent.domain.ids import AuditId
from audit_agent.llm.analyst import Analyst
from audit_agent.store.audits import Audits
from audit_agent.store.budgets import Budgets


def analyst_for(services: Services, audit: AuditId) -> Analyst:
    """The configured analyst; the rules once what model calls cost, known or feared, has reached the budget.

    A call that the budget does not allow is not made in any case (`store.ledger_purse`); this keeps a draft from
    being begun by one and ended by the other. The report names who wrote what.
    """
    budget = tell_of_budget(services, audit)
    return services.rules if budget is not None and budget.spent >= budget.limit else services.analyst


def tell_of_budget(services: Services, audit: AuditId) -> Budget | None:
    """The audit's budget; whoever asked for the audit is told, once, when most of it is spent."""
    budget = Budgets(services.database).of(audit)
    if budget is not None and budget.warned_at is not None:
        requester = Audits(services.database).request(audit).requester
        text = f"Model calls of {audit} have cost USD {budget.spent:.2f} of the budget of USD {budget.limit:.2f}."
        services.notifier.send("budget.warned", audit, (requester,), text, key="budget/warned")
    return budget
