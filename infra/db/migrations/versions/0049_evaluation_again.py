"""Evaluations that the committee did again are kept; how long marking may take, who asks for more, and a pause of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Evaluations under way have no set time and are not paused."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "evaluations_set_aside",
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", at, nullable=False),
        sa.Column("set_aside_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("number BETWEEN 1 AND 99", name="number_counted"),
    )
    op.create_table(
        "time_requests",
        sa.Column("seat", sa.String(64), sa.ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False, index=True),
        sa.Column("asked_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    for table in ("evaluations_set_aside", "time_requests"):
        for statement in policies(table):
            op.execute(statement)
    op.add_column("sections", sa.Column("marking_until", at))
    op.add_column("sections", sa.Column("paused_at", at))
