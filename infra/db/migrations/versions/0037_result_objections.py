"""Objections to results."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Forward."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "result_objections",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bidder", sa.String(64), sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("raised_at", at, nullable=False),
        sa.Column("due_at", at, nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("upheld", sa.Boolean()),
        sa.Column("decided_at", at),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.UniqueConstraint("section", "number", name=op.f("uq_result_objections_section_number")),
        sa.CheckConstraint("state IN ('raised', 'answered', 'withdrawn')", name="state_known"),
        sa.CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answered_has_answer"),
        sa.CheckConstraint("(answer IS NULL) = (upheld IS NULL)", name="answer_decides"),
        sa.CheckConstraint("(state = 'raised') = (decided_at IS NULL)", name="decided_has_time"),
    )
    for statement in policies("result_objections"):
        op.execute(statement)
