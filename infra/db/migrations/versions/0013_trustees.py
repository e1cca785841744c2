"""What trustees report: readiness, rehearsals, hosts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forward."""
    op.add_column("trustees", sa.Column("beacon", sa.LargeBinary()))
    op.add_column("trustees", sa.Column("machine", sa.String(44)))
    op.add_column("trustees", sa.Column("administrator", sa.Text(), nullable=False, server_default=""))
    op.add_column("trustees", sa.Column("custody", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "trustee_reports",
        sa.Column("trustee", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_ms", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.String(40)),
        sa.Column("facts", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("trustee", name="pk_trustee_reports"),
        sa.ForeignKeyConstraint(["trustee"], ["trustees.name"], name="fk_trustee_reports_trustee_trustees"),
    )
