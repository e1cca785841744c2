"""After locking: which marks judges are asked to explain before all are published."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Forward."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "consolidations",
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("began_at", at, nullable=False),
        sa.Column("ends_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    op.create_table(
        "explanations",
        sa.Column("seat", sa.String(64), sa.ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False, index=True),
        sa.Column("sealed_asked", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_given", sa.LargeBinary()),
        sa.Column("region", sa.String(6), nullable=False, index=True),
    )
    for table in ("consolidations", "explanations"):
        for statement in policies(table):
            op.execute(statement)
