"""Judges at work: sessions of seats, input kept when a session ends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward."""
    op.alter_column("web_sessions", "account", nullable=True)
    op.add_column("web_sessions", sa.Column("seat", sa.String(length=64), nullable=True))
    op.add_column("web_sessions", sa.Column("seat_region", sa.String(length=6), nullable=True))
    op.create_index(op.f("ix_web_sessions_seat"), "web_sessions", ["seat"])
    op.create_check_constraint(
        op.f("ck_web_sessions_account_or_seat"), "web_sessions", "(account IS NULL) <> (seat IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_web_sessions_seat_has_region"), "web_sessions", "(seat IS NULL) = (seat_region IS NULL)"
    )
    op.create_table(
        "kept_inputs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_inputs")),
    )
    op.create_index(op.f("ix_kept_inputs_kept_at"), "kept_inputs", ["kept_at"])
