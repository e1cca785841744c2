"""Whether consortia bid and how many bodies each has; parts that judges read without a name; the sealed reserve price."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0017"
down_revision = "0018"


def upgrade() -> None:
    """Forward. A section that is there admits consortia as it did: up to ten bodies in one bid."""
    op.add_column("sections", sa.Column("joint", sa.Integer(), nullable=False, server_default="10"))
    op.add_column(
        "sections",
        sa.Column("blind", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")),
    )
    op.create_check_constraint(op.f("ck_sections_joint_bodies"), "sections", "joint BETWEEN 1 AND 10")
    op.create_table(
        "blind_labels",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("octet_length(commitment) = 32", name=op.f("ck_blind_labels_commitment_length")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_blind_labels_section_sections")),
        sa.PrimaryKeyConstraint("section", name=op.f("pk_blind_labels")),
    )
    op.create_table(
        "reserve_prices",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("keyset", sa.String(length=64), nullable=False),
        sa.Column("container", sa.LargeBinary(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("sealed_by", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("price IS NULL OR price > 0", name=op.f("ck_reserve_prices_price_positive")),
        sa.CheckConstraint(
            "(opened_at IS NOT NULL) = (price IS NOT NULL OR reason IS NOT NULL) AND (price IS NULL OR reason IS NULL)",
            name=op.f("ck_reserve_prices_told_once"),
        ),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_reserve_prices_section_sections")),
        sa.ForeignKeyConstraint(["keyset"], ["keysets.id"], name=op.f("fk_reserve_prices_keyset_keysets")),
        sa.ForeignKeyConstraint(
            ["sealed_by"], ["organisations.id"], name=op.f("fk_reserve_prices_sealed_by_organisations")
        ),
        sa.PrimaryKeyConstraint("section", name=op.f("pk_reserve_prices")),
    )
    for table in ("blind_labels", "reserve_prices"):
        op.create_index(op.f(f"ix_{table}_region"), table, ["region"])
        for statement in policies(table):
            op.execute(statement)
