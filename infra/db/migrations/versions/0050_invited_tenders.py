"""Tenders by invitation: on which ground, and whom they invite."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Every tender so far is open to all."""
    op.add_column("sections", sa.Column("invited_by", sa.String(40)))
    op.add_column("sections", sa.Column("invited_why", sa.Text()))
    op.create_check_constraint(
        op.f("ck_sections_invited_says_why"), "sections", "(invited_by IS NULL) = (invited_why IS NULL)"
    )
    op.create_table(
        "invited_bidders",
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("bidder", sa.String(64), sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    for statement in policies("invited_bidders"):
        op.execute(statement)
