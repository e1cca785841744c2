"""Time tokens of checkpoints; an entry of the log is found by its bytes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "log_time_tokens",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("authority", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", "authority", name=op.f("pk_log_time_tokens")),
    )
    op.create_index(op.f("ix_journal_entry"), "journal", ["entry"], postgresql_using="hash")
