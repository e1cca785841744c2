"""Written inquiries of the committee to bidders."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Forward."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "inquiries",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bid", sa.String(64), sa.ForeignKey("bids.id"), nullable=False, index=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("judge", sa.String(8)),
        sa.Column("ground", sa.String(16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("drafted_at", at, nullable=False),
        sa.Column("refusal", sa.Text()),
        sa.Column("sent_at", at),
        sa.Column("due_at", at),
        sa.Column("answer", sa.Text()),
        sa.Column("signature", sa.LargeBinary()),
        sa.Column("certificate", sa.LargeBinary()),
        sa.Column("closed_at", at),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.UniqueConstraint("section", "number", name=op.f("uq_inquiries_section_number")),
        sa.CheckConstraint("state IN ('drafted', 'refused', 'sent', 'answered', 'silent')", name="state_known"),
        sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_has_reason"),
        sa.CheckConstraint("(state IN ('sent', 'answered', 'silent')) = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.CheckConstraint("(sent_at IS NULL) = (due_at IS NULL)", name="sent_has_end"),
        sa.CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answered_has_answer"),
        sa.CheckConstraint("(answer IS NULL) = (signature IS NULL)", name="answer_is_signed"),
        sa.CheckConstraint("(answer IS NULL) = (certificate IS NULL)", name="answer_has_certificate"),
        sa.CheckConstraint("(state IN ('drafted', 'sent')) = (closed_at IS NULL)", name="closed_has_time"),
    )
    for statement in policies("inquiries"):
        op.execute(statement)
