"""Request and recusal 回避: the terms of a draw's request, representatives, ties, what was found and asked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.migrations.regions import policies

revision = "0024"
down_revision = "0023"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "panel_requests",
        sa.Column(
            "draw",
            sa.String(140),
            sa.ForeignKey("draws.id", name=op.f("fk_panel_requests_draw_draws")),
            primary_key=True,
        ),
        sa.Column("needs", JSONB(), nullable=False),
        sa.Column("sealed_avoided", sa.LargeBinary(), nullable=False),
        sa.Column("representatives", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("evaluation_at", INSTANT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("remote", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("representatives BETWEEN 0 AND 99", name=op.f("ck_panel_requests_representatives_counted")),
        sa.CheckConstraint("place <> ''", name=op.f("ck_panel_requests_has_place")),
    )
    op.create_table(
        "expert_ties",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "expert",
            sa.String(64),
            sa.ForeignKey("experts.id", name=op.f("fk_expert_ties_expert_experts")),
            nullable=False,
        ),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("source IN ('self', 'import', 'review')", name=op.f("ck_expert_ties_source_known")),
    )
    op.create_index("ix_expert_ties_expert", "expert_ties", ["expert"])
    op.create_index("ix_expert_ties_code_tag", "expert_ties", ["code_tag"])
    _representatives()
    _recusal()
    for table in ("panel_requests", "expert_ties", "representatives", "recusal_requests", "recusal_hits"):
        op.create_index(f"ix_{table}_region", table, ["region"])
        for statement in policies(table):
            op.execute(statement)


def _representatives() -> None:
    op.create_table(
        "representatives",
        sa.Column(
            "section",
            sa.String(129),
            sa.ForeignKey("sections.id", name=op.f("fk_representatives_section_sections")),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mandate", sa.LargeBinary(), nullable=False),
        sa.Column("named_by", sa.String(64), nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 99", name=op.f("ck_representatives_number_counted")),
        sa.CheckConstraint("octet_length(mandate) = 32", name=op.f("ck_representatives_mandate_is_digest")),
    )


def _recusal() -> None:
    op.create_table(
        "recusal_requests",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "section",
            sa.String(129),
            sa.ForeignKey("sections.id", name=op.f("fk_recusal_requests_section_sections")),
            nullable=False,
        ),
        sa.Column(
            "bidder",
            sa.String(64),
            sa.ForeignKey("organisations.id", name=op.f("fk_recusal_requests_bidder_organisations")),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("considered_at", INSTANT),
        sa.Column("considered_by", sa.String(64)),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("state IN ('received', 'considered')", name=op.f("ck_recusal_requests_state_known")),
        sa.CheckConstraint(
            "(state = 'considered') = (considered_at IS NOT NULL)", name=op.f("ck_recusal_requests_considered_has_time")
        ),
        sa.CheckConstraint(
            "(considered_at IS NULL) = (considered_by IS NULL)", name=op.f("ck_recusal_requests_considered_by_somebody")
        ),
    )
    op.create_index("ix_recusal_requests_section", "recusal_requests", ["section"])
    op.create_table(
        "recusal_hits",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "section",
            sa.String(129),
            sa.ForeignKey("sections.id", name=op.f("fk_recusal_hits_section_sections")),
            nullable=False,
        ),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.Column("region", sa.String(6), nullable=False),
        sa.UniqueConstraint("seat", "kind", name=op.f("uq_recusal_hits_seat_kind")),
    )
    op.create_index("ix_recusal_hits_section", "recusal_hits", ["section"])
