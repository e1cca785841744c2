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
    _judging()


def _judging() -> None:
    op.add_column("seats", sa.Column("slip_printed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "mark_drafts",
        sa.Column("seat", sa.String(length=64), nullable=False),
        sa.Column("bid", sa.String(length=64), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_mark_drafts_version_positive")),
        sa.ForeignKeyConstraint(["bid"], ["bids.id"], name=op.f("fk_mark_drafts_bid_bids")),
        sa.ForeignKeyConstraint(["seat"], ["seats.id"], name=op.f("fk_mark_drafts_seat_seats"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seat", "bid", "item", name=op.f("pk_mark_drafts")),
    )
    op.create_index(op.f("ix_mark_drafts_region"), "mark_drafts", ["region"])
    op.create_table(
        "seat_challenges",
        sa.Column("seat", sa.String(length=64), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["seat"], ["seats.id"], name=op.f("fk_seat_challenges_seat_seats"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seat", name=op.f("pk_seat_challenges")),
    )
    op.create_index(op.f("ix_seat_challenges_region"), "seat_challenges", ["region"])
    op.create_table(
        "leader_votes",
        sa.Column("seat", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("candidate", sa.Integer(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_leader_votes_two_rounds")),
        sa.ForeignKeyConstraint(["seat"], ["seats.id"], name=op.f("fk_leader_votes_seat_seats"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_leader_votes_section_sections")),
        sa.PrimaryKeyConstraint("seat", "round", name=op.f("pk_leader_votes")),
    )
    op.create_index(op.f("ix_leader_votes_region"), "leader_votes", ["region"])
    op.create_index(op.f("ix_leader_votes_section"), "leader_votes", ["section"])
