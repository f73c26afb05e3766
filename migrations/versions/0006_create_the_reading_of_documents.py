"""Create the tables of documents that steps read; an audit knows its frozen set."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audits", sa.Column("documents", sa.Text(), nullable=True))
    op.add_column("audits", sa.Column("documents_count", sa.BigInteger(), nullable=True))
    op.add_column("audits", sa.Column("documents_rejected", sa.BigInteger(), nullable=True))
    op.create_table(
        "document_runs",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_document_runs_audit_audits"),
        sa.PrimaryKeyConstraint("audit", "step", "revision", name="pk_document_runs"),
    )
    op.create_table(
        "document_pages",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("passing", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit"], ["audits.id"], name="fk_document_pages_audit_audits"),
        sa.PrimaryKeyConstraint("audit", "step", "revision", "offset", name="pk_document_pages"),
    )
    op.create_index("ix_document_pages_audit_finished_at", "document_pages", ["audit", "finished_at"], unique=False)
