"""Every table there is, for migrations and for tests that compare them."""

from sqlalchemy import MetaData

from audit_agent.store import (
    audit_tables,
    batch_tables,
    budget_table,
    document_tables,
    effect_tables,
    investigation_table,
    ledger_table,
    people_tables,
    request_tables,
    review_tables,
    slack_tables,
    suppression_table,
)
from audit_agent.store.base import Base

TABLE_MODULES = (
    *(audit_tables, batch_tables, budget_table, document_tables, effect_tables, investigation_table, ledger_table),
    people_tables,
    *(request_tables, review_tables, slack_tables, suppression_table),
)


def metadata() -> MetaData:
    """The metadata with every table in it."""
    return Base.metadata
