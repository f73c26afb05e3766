"""An audit knows which schedule made it, for when, and in which of its runs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audits", sa.Column("schedule", sa.Text(), nullable=True))
    op.add_column("audits", sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("audits", sa.Column("schedule_run", sa.Text(), nullable=True))
    op.create_index("ix_audits_schedule_scheduled_at", "audits", ["schedule", "scheduled_at"], unique=False)
    op.create_index("ix_audits_schedule_run", "audits", ["schedule_run"], unique=True)
