"""A bidder's rehearsal of its own key before it hands in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "bid_rehearsals",
        sa.Column("bidder", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("rehearsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_bid_rehearsals_digest_size")),
        sa.ForeignKeyConstraint(["bidder"], ["organisations.id"], name=op.f("fk_bid_rehearsals_bidder_organisations")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_bid_rehearsals_section_sections")),
        sa.PrimaryKeyConstraint("bidder", "digest", name=op.f("pk_bid_rehearsals")),
    )
    op.create_index(op.f("ix_bid_rehearsals_region"), "bid_rehearsals", ["region"])
