"""Drawings, each under its seal, and the pieces of a frozen pool."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "drawings",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("draw", sa.String(140), sa.ForeignKey("draws.id"), nullable=False, index=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("specialty", sa.String(16), nullable=False),
        sa.Column("sealed_expert", sa.LargeBinary(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    op.create_table(
        "pool_chunks",
        sa.Column("draw", sa.String(140), sa.ForeignKey("draws.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    for table in ("drawings", "pool_chunks"):
        for statement in policies(table):
            op.execute(statement)
