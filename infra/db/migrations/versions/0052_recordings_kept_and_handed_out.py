"""Recordings under legal hold, and the files of them that are handed out."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0052"
down_revision = "0051"

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """No recording is held, and none was handed out yet."""
    op.add_column("recordings", sa.Column("held_at", _WHEN))
    op.create_table(
        "recording_exports",
        sa.Column("recording", sa.String(64), sa.ForeignKey("recordings.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form", sa.String(3), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", _WHEN, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_at", _WHEN),
        sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("version", sa.Text()),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("failed_why", sa.String(40)),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("form IN ('zip', 'iso')", name="form_known"),
        sa.CheckConstraint("state IN ('making', 'made', 'failed')", name="state_known"),
        sa.CheckConstraint("(state = 'made') = (version IS NOT NULL)", name="made_is_stored"),
        sa.CheckConstraint("(state = 'made') = (digest IS NOT NULL)", name="made_has_digest"),
        sa.CheckConstraint("(state = 'failed') = (failed_why IS NOT NULL)", name="failed_has_reason"),
    )
    for statement in policies("recording_exports"):
        op.execute(statement)
