"""Letters on the result to every bidder, and contracts."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Results that were published before have no letters."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "result_letters",
        sa.Column("bid", sa.String(64), sa.ForeignKey("bids.id"), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False, index=True),
        sa.Column("bidder", sa.String(64), sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("length(digest) = 32", name="digest_size"),
    )
    op.create_table(
        "contracts",
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("notice", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("payments", sa.Text(), nullable=False),
        sa.Column("due_at", at, nullable=False),
        sa.Column("late_why", sa.Text()),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )
    for table in ("result_letters", "contracts"):
        for statement in policies(table):
            op.execute(statement)
