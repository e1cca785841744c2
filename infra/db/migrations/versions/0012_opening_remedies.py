"""Remedies, factor windows and decisions of an opening."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.migrations.regions import policies

revision = "0012"
down_revision = "0010"

WHOLE = "(remedy_from IS NULL) = (remedy_until IS NULL) AND (remedy_from IS NULL OR remedy_until >= remedy_from)"


def upgrade() -> None:
    """Forward."""
    op.add_column("sections", sa.Column("remedy", sa.Boolean(), nullable=False, server_default=sa.false()))
    _let_bids_wait_for_a_remedy()
    _make_windows()
    _make_factors()
    _make_remedies()
    for table in ("opening_windows", "bid_factors", "bid_remedies"):
        for statement in policies(table):
            op.execute(statement)


def _let_bids_wait_for_a_remedy() -> None:
    for column in ("remedy_from", "remedy_until"):
        op.add_column("bid_openings", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    for name, rule in (
        ("revoked_by_bidder", "stage <> 'revoked' OR cause = 'bidder'"),
        ("withdrawn_is_decided", "stage <> 'withdrawn' OR cause NOT IN ('bidder', 'unknown')"),
    ):
        op.drop_constraint(op.f(f"ck_bid_openings_{name}"), "bid_openings", type_="check")
        op.create_check_constraint(op.f(f"ck_bid_openings_{name}"), "bid_openings", rule)
    op.create_check_constraint(op.f("ck_bid_openings_remedy_whole"), "bid_openings", WHOLE)


def _make_windows() -> None:
    op.create_table(
        "opening_windows",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("kind IN ('factor', 'release')", name=op.f("ck_opening_windows_kind_known")),
        sa.CheckConstraint("until >= opened_at", name=op.f("ck_opening_windows_limit_follows")),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at >= opened_at", name=op.f("ck_opening_windows_closed_follows")
        ),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_opening_windows_section_sections")),
        sa.PrimaryKeyConstraint("section", "kind", name=op.f("pk_opening_windows")),
    )
    op.create_index(op.f("ix_opening_windows_region"), "opening_windows", ["region"])


def _make_factors() -> None:
    op.create_table(
        "bid_factors",
        sa.Column("bid", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("refused >= 0", name=op.f("ck_bid_factors_refused_counted")),
        sa.CheckConstraint("(wrapped IS NULL) = (given_at IS NULL)", name=op.f("ck_bid_factors_given_whole")),
        sa.ForeignKeyConstraint(["bid"], ["bids.id"], name=op.f("fk_bid_factors_bid_bids")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_bid_factors_section_sections")),
        sa.PrimaryKeyConstraint("bid", name=op.f("pk_bid_factors")),
    )
    for column in ("region", "section"):
        op.create_index(op.f(f"ix_bid_factors_{column}"), "bid_factors", [column])


def _make_remedies() -> None:
    op.create_table(
        "bid_remedies",
        sa.Column("bid", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocks", JSONB(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["bid"], ["bids.id"], name=op.f("fk_bid_remedies_bid_bids")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_bid_remedies_section_sections")),
        sa.PrimaryKeyConstraint("bid", "part", name=op.f("pk_bid_remedies")),
    )
    for column in ("region", "section"):
        op.create_index(op.f(f"ix_bid_remedies_{column}"), "bid_remedies", [column])
