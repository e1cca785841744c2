"""Lotteries with a public pool; a pair is told as flagged or not, and needs no seed; own fees, leanings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.migrations.regions import policies

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Forward."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "lotteries",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("entries", JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("opened_at", at, nullable=False),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.CheckConstraint("subject <> '' AND basis <> ''", name="is_described"),
        sa.CheckConstraint("places >= 1 AND waiting >= 0", name="has_places"),
    )
    op.create_table(
        "lottery_attempts",
        sa.Column("id", sa.String(140), primary_key=True),
        sa.Column("lottery", sa.String(64), sa.ForeignKey("lotteries.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("request", JSONB(), nullable=False),
        sa.Column("pool", JSONB(), nullable=False),
        sa.Column("keyset", sa.String(64), sa.ForeignKey("keysets.id"), nullable=False),
        sa.Column("told", sa.LargeBinary()),
        sa.Column("frozen_at", at, nullable=False),
        sa.Column("revealed_at", at),
        sa.Column("failed_at", at),
        sa.Column("failed_why", sa.String(40)),
        sa.Column("failed_party", sa.String(20)),
        sa.Column("repeat_reason", sa.Text()),
        sa.Column("region", sa.String(6), nullable=False, index=True),
        sa.UniqueConstraint("lottery", "number", name=op.f("uq_lottery_attempts_lottery_number")),
        sa.UniqueConstraint("keyset", name=op.f("uq_lottery_attempts_keyset")),
        sa.CheckConstraint("(revealed_at IS NULL) = (told IS NULL)", name="revealed_is_told"),
        sa.CheckConstraint("(failed_at IS NULL) = (failed_why IS NULL)", name="failed_has_reason"),
    )
    op.drop_column("pair_counts", "seed")
    op.add_column("pair_counts", sa.Column("flagged", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("fee_lines", sa.Column("payee_tag", sa.LargeBinary()))
    op.create_index(op.f("ix_fee_lines_payee_tag"), "fee_lines", ["payee_tag"])
    op.create_table(
        "expert_leanings",
        sa.Column("region", sa.String(6), primary_key=True, index=True),
        sa.Column("tag", sa.LargeBinary(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sections", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("apart", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Numeric(9, 6), nullable=False),
        sa.Column("low", sa.Numeric(9, 6)),
        sa.Column("high", sa.Numeric(9, 6)),
        sa.Column("counted_at", at, nullable=False),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name="whole_interval"),
        sa.CheckConstraint("sections > 0 AND marks > 0 AND apart >= 0", name="counts"),
    )
    for table in ("lotteries", "lottery_attempts", "expert_leanings"):
        for statement in policies(table):
            op.execute(statement)
