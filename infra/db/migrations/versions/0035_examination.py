"""Preliminary examination: judges' answers before and after the lock, and the settled result."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.migrations.regions import policies

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Forward."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "examination_drafts",
        sa.Column("seat", sa.String(64), sa.ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("bid", sa.String(64), sa.ForeignKey("bids.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    op.create_table(
        "examination_sheets",
        sa.Column("seat", sa.String(64), sa.ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("locked_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("octet_length(commitment) = 32", name="commitment_is_digest"),
    )
    op.create_table(
        "examinations",
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("draw", sa.String(64), nullable=False),
        sa.Column("result", JSONB(), nullable=False),
        sa.Column("settled_at", at, nullable=False),
        sa.Column("reopened_at", at),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    for table in ("examination_drafts", "examination_sheets", "examinations"):
        for statement in policies(table):
            op.execute(statement)
