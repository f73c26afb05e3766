"""Create the table of budgets, from what audits were asked for and what they have spent."""

import json
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PER_DOLLAR = 10**12

_TAKEN = sa.text(
    "SELECT COALESCE(SUM(COALESCE(c.cost, 0) + c.unknown_calls * COALESCE(c.estimate, 0)), 0) AS spent,"
    " COALESCE(SUM(CASE WHEN c.reservation IS NOT NULL THEN COALESCE(c.estimate, 0) ELSE 0 END), 0) AS reserved"
    " FROM llm_calls c JOIN llm_uses u ON u.key = c.key WHERE u.audit = :audit AND u.charged"
)


def upgrade() -> None:
    budgets = op.create_table(
        "audit_budgets",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_audit_budgets_audit_audits"),
        sa.PrimaryKeyConstraint("audit", name="pk_audit_budgets"),
    )
    connection = op.get_bind()
    for audit, request in connection.execute(sa.text("SELECT id, request FROM audits")).all():
        budget = json.loads(request).get("budget")
        if budget is not None:
            spent, reserved = connection.execute(_TAKEN, {"audit": audit}).one()
            limit = int(Decimal(budget) * _PER_DOLLAR)
            row = {"audit": audit, "limit": limit, "spent": int(spent), "reserved": int(reserved)}
            connection.execute(budgets.insert().values(row))
