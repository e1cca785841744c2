"""Hand-overs of a section's archive; milestones of contracts; when a publication's time is over and it was taken down."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Results that were published before stay public: nothing set their time an end."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("asked_at", at, nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("made_at", at),
        sa.Column("version", sa.Text()),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("index_digest", sa.LargeBinary()),
        sa.Column("failed_why", sa.String(40)),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.UniqueConstraint("section", "number", name=op.f("uq_handovers_section_number")),
        sa.CheckConstraint("state IN ('making', 'made', 'failed')", name="state_known"),
        sa.CheckConstraint("(state = 'made') = (version IS NOT NULL)", name="made_is_stored"),
        sa.CheckConstraint("(state = 'made') = (digest IS NOT NULL)", name="made_has_digest"),
        sa.CheckConstraint("(state = 'failed') = (failed_why IS NOT NULL)", name="failed_has_reason"),
    )
    op.create_table(
        "contract_milestones",
        sa.Column("section", sa.String(129), sa.ForeignKey("contracts.section"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("planned_at", at, nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("words", sa.Text()),
        sa.Column("told_at", at),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("kind IN ('performance', 'acceptance', 'payment')", name="kind_known"),
        sa.CheckConstraint("(kind = 'payment') = (amount IS NOT NULL)", name="payment_has_amount"),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name="milestone_amount_positive"),
        sa.CheckConstraint("(done_on IS NULL) = (told_at IS NULL)", name="done_has_time"),
        sa.CheckConstraint("(done_on IS NULL) = (words IS NULL)", name="done_has_words"),
    )
    for table in ("handovers", "contract_milestones"):
        for statement in policies(table):
            op.execute(statement)
    op.add_column("sections", sa.Column("public_until", at))
    op.add_column("sections", sa.Column("taken_down_at", at))
    op.add_column("sections", sa.Column("taken_down_digest", sa.LargeBinary()))
