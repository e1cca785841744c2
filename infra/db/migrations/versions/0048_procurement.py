"""Purchases: a project's plan number and what is procured, a section's budget."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Everything so far is construction and has none of it."""
    op.add_column("projects", sa.Column("object", sa.String(12)))
    op.add_column("projects", sa.Column("plan_number", sa.String(64)))
    op.add_column("sections", sa.Column("budget", sa.BigInteger()))
    op.create_check_constraint(op.f("ck_sections_budget_positive"), "sections", "budget IS NULL OR budget > 0")
    op.create_check_constraint(
        op.f("ck_projects_purchase_has_plan"),
        "projects",
        "category <> 'procurement' OR (plan_number IS NOT NULL AND object IS NOT NULL)",
    )
