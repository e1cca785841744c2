"""What comparing the files of opened bids found."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0044"
down_revision = "0042"


def upgrade() -> None:
    """Sections whose files were checked before are not compared any more."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "check_runs",
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), primary_key=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("started_at", at, nullable=False),
        sa.Column("made_at", at),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("(sealed IS NULL) = (made_at IS NULL)", name="made_has_findings"),
        sa.CheckConstraint("done BETWEEN 0 AND total", name="done_within"),
    )
    for statement in policies("check_runs"):
        op.execute(statement)
