"""Which analyst works on an audit: the configured one, until the audit's budget is spent."""

from audit_agent.activities.services import Services
from audit_agent.domain.ids import AuditId
from audit_agent.llm.analyst import Analyst
from audit_agent.store.audits import Audits
from audit_agent.store.ledger import DatabaseLedger


def analyst_for(services: Services, audit: AuditId) -> Analyst:
    """The configured analyst; the rules once what model calls cost, known or feared, has reached the budget.

    Looked at before each draft, so that a draft under way is finished. The report names who wrote what.
    """
    budget = Audits(services.database).request(audit).budget
    if budget is None:
        return services.analyst
    spent = DatabaseLedger(services.database).spend(audit).total
    if spent.cost is None or spent.exposure is None or spent.cost + spent.exposure >= budget:
        return services.rules
    return services.analyst
