"""Alembic's entry: runs migrations on the connection it is given, in the transaction that is open there."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from audit_agent.store.schema import metadata


def _render(kind: str, item: Any, autogen_context: AutogenContext) -> str | bool:
    """Write our column types as plain ones: a migration must not change when the code does."""
    plain = {
        "Moment": "sa.DateTime(timezone=True)",
        "Exact": 'sa.Numeric().with_variant(sa.String(64), "sqlite")',
        "Word": "sa.String(40)",
        "Dollars": "sa.BigInteger()",
    }
    return plain.get(type(item).__name__, False) if kind == "type" else False


def _run() -> None:
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata(), render_item=_render, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


_run()
