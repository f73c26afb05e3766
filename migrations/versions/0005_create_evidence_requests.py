"""Create the tables of questions to process owners and of their replies."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_evidence_requests_audit_audits"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_requests"),
    )
    op.create_index("ix_evidence_requests_audit_step", "evidence_requests", ["audit", "step"], unique=False)
    op.create_index("ix_evidence_requests_outcome_asked_at", "evidence_requests", ["outcome", "asked_at"], unique=False)
    op.create_table(
        "evidence_replies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(40), nullable=False),
        sa.Column("answer", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("standing", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_evidence_replies_audit_audits"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_replies"),
    )
    op.create_index("ix_evidence_replies_audit_received_at", "evidence_replies", ["audit", "received_at"], unique=False)
    op.create_index(
        "ix_evidence_replies_delivery_received_at", "evidence_replies", ["delivery", "received_at"], unique=False
    )
