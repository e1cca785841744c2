"""What live pages are told; the opening record as its bidders confirm it, and what its host says."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "live_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.String(length=160), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_live_events_counted_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_events")),
        sa.UniqueConstraint("channel", "number", name=op.f("uq_live_events_channel_number")),
    )
    op.create_index("ix_live_events_at", "live_events", ["at"])
    op.create_table(
        "opening_records",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_opening_records_digest_length")),
        sa.CheckConstraint("confirm_until >= made_at", name=op.f("ck_opening_records_limit_follows")),
        sa.CheckConstraint(
            "settled_at IS NULL OR settled_at >= made_at", name=op.f("ck_opening_records_settled_follows")
        ),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_opening_records_section_sections")),
        sa.PrimaryKeyConstraint("section", name=op.f("pk_opening_records")),
    )
    op.create_index(op.f("ix_opening_records_region"), "opening_records", ["region"])
    op.create_table(
        "opening_confirmations",
        sa.Column("bid", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "(signature IS NULL) = (certificate IS NULL)", name=op.f("ck_opening_confirmations_signed_whole")
        ),
        sa.ForeignKeyConstraint(["bid"], ["bids.id"], name=op.f("fk_opening_confirmations_bid_bids")),
        sa.ForeignKeyConstraint(
            ["section"], ["opening_records.section"], name=op.f("fk_opening_confirmations_section_opening_records")
        ),
        sa.PrimaryKeyConstraint("bid", name=op.f("pk_opening_confirmations")),
    )
    op.create_index(op.f("ix_opening_confirmations_region"), "opening_confirmations", ["region"])
    op.create_index(op.f("ix_opening_confirmations_section"), "opening_confirmations", ["section"])
    op.create_table(
        "opening_objections",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("bid", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_opening_objections_answered_whole"),
        ),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_opening_objections_section_sections")),
        sa.ForeignKeyConstraint(["bid"], ["bids.id"], name=op.f("fk_opening_objections_bid_bids")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_objections")),
    )
    for column in ("bid", "region", "section"):
        op.create_index(op.f(f"ix_opening_objections_{column}"), "opening_objections", [column])
    op.create_table(
        "hall_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'pause', 'resume')", name=op.f("ck_hall_notes_kind_known")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_hall_notes_section_sections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_notes")),
    )
    for column in ("region", "section"):
        op.create_index(op.f(f"ix_hall_notes_{column}"), "hall_notes", [column])
